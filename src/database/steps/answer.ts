import { canTake } from '../../domain/conversation/commands.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Unit } from '../unit.ts';
import { take } from './accept.ts';
import { type CommandInput, openCommand, permit, targetOf } from './command.ts';
import type { Draft } from './draft.ts';
import { writeOutbound } from './outbound.ts';
import { tell } from './standing.ts';

export interface AnswerInput extends CommandInput {
  readonly text: string;
}

/**
 * R14: the owner writes to the contact. Written by someone who could accept, the answer accepts first, in this step.
 * @throws Refusal as `accept` does; `not-owner` where somebody else owns it; `spend-limit-reached`, then nothing is
 * accepted either.
 */
export async function answer(
  unit: Unit,
  input: AnswerInput,
): Promise<{ readonly draft: Draft; readonly messageId: MessageId }> {
  const commanded = await openCommand(unit, input, true);
  const { draft, person } = commanded;
  const accepts = canTake(targetOf(draft), person);
  if (accepts) {
    permit('accept', commanded, input);
    await take(unit, commanded);
  } else {
    permit('answer', commanded, input);
  }
  const messageId = await writeOutbound(unit, draft, {
    kind: 'answer',
    text: input.text,
    actor: { kind: 'user', id: person.userId },
  });
  if (!messageId) throw new Error('An answer is written or refused');
  await draft.save();
  if (accepts) tell(unit, draft, 'accepted', commanded);
  return { draft, messageId };
}
