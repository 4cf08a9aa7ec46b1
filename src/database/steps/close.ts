import { Refusal } from '../../domain/errors.ts';
import type { OutcomeId } from '../../domain/ids.ts';
import type { Unit } from '../unit.ts';
import { automate } from './automation/automate.ts';
import { type CommandInput, openCommand, permit } from './command.ts';
import type { Draft } from './draft.ts';
import { markOfferEnded } from './endOffer.ts';
import { writeNote } from './returnToQueue.ts';
import { tell } from './standing.ts';

export interface CloseInput extends CommandInput {
  readonly outcomeId?: OutcomeId | undefined;
  readonly note?: string | undefined;
}

/**
 * R20: ends the conversation with an outcome of its sector; timers and offers end with it.
 * @throws Refusal `outcome-not-in-sector` when the sector has outcomes and none, or another sector's, was given.
 */
export async function close(unit: Unit, input: CloseInput): Promise<Draft> {
  const commanded = await openCommand(unit, input, false, 'conversation.closed');
  permit('close', commanded, input);
  const { draft } = commanded;
  const outcomes = await unit.db
    .selectFrom('outcome')
    .select(['id', 'name'])
    .where('sectorId', '=', draft.row.sectorId)
    .where('deletedAt', 'is', null)
    .orderBy('createdAt')
    .execute();
  if ((outcomes.length > 0 || input.outcomeId) && !outcomes.some((outcome) => outcome.id === input.outcomeId)) {
    throw new Refusal('outcome-not-in-sector', 'Close it with one of the outcomes of its sector.', { outcomes });
  }
  const ended = draft.row.state === 'offered' ? await markOfferEnded(unit, draft, 'revoked', 'closed') : null;
  const now = await unit.now();
  draft.change({
    status: 'closed',
    state: null,
    reason: null,
    designatedId: null,
    dueAt: null,
    closedAt: now,
    outcomeId: input.outcomeId ?? null,
  });
  draft.record(
    'conversation.closed',
    { kind: 'user', id: input.userId },
    {
      outcomeId: input.outcomeId ?? null,
      offerId: ended?.id ?? null,
      noteId: input.note ? await writeNote(unit, draft, input.note) : null,
    },
  );
  await automate(unit, draft, 'conversation.closed', draft.rules);
  await draft.save();
  tell(unit, draft, 'closed', commanded);
  return draft;
}
