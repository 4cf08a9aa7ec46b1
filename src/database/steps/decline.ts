import type { OfferId } from '../../domain/ids.ts';
import type { Unit } from '../unit.ts';
import { type CommandInput, openCommand, permit } from './command.ts';
import type { Draft } from './draft.ts';
import { letGo } from './endOffer.ts';

export interface DeclineInput extends CommandInput {
  readonly offerId: OfferId;
  readonly reason?: string | undefined;
}

/**
 * R11: the designated agent lets the offer go; the workflow passes it on at once. The reason is a text of the agent's
 * own and therefore kept with the offer, not in events.
 */
export async function decline(unit: Unit, input: DeclineInput): Promise<Draft> {
  const commanded = await openCommand(unit, input, false);
  permit('decline', commanded, input);
  const { draft } = commanded;
  await letGo(unit, draft, {
    end: 'declined',
    reason: input.reason ?? null,
    actor: { kind: 'user', id: input.userId },
    offerId: input.offerId,
  });
  await draft.save();
  unit.wake({ workflow: 'conversation', targetId: draft.row.id, signal: 'declined', version: draft.version });
  return draft;
}
