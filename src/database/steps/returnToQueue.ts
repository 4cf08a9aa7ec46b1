import type { Actor } from '../../domain/conversation/explain.ts';
import type { handedBackWords } from '../../domain/conversation/reasonWords.ts';
import { returnedDistribution } from '../../domain/routing/distribution.ts';
import type { Place } from '../../domain/routing/members.ts';
import { loadSector } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { type CommandInput, openCommand, permit } from './command.ts';
import type { Draft } from './draft.ts';
import { restReason } from './restReason.ts';

export interface ReturnInput extends CommandInput {
  readonly reason?: string | undefined;
}

/** R19: the owner gives the conversation back to the queue of its sector; it passes on from them. */
export async function returnToQueue(unit: Unit, input: ReturnInput): Promise<Draft> {
  const commanded = await openCommand(unit, input, false);
  permit('return', commanded, input);
  const { draft, person } = commanded;
  await putBack(unit, draft, person, { kind: 'user', id: person.userId }, input.reason ?? null);
  await draft.save();
  return draft;
}

/** Back to the queue as in R19, from `holder`, attributed to `actor`; whose offer it was is ended by the caller. */
export async function putBack(
  unit: Unit,
  draft: Draft,
  holder: Place,
  actor: Actor,
  note: string | null,
  because: keyof typeof handedBackWords | null = null,
): Promise<void> {
  const sector = await loadSector(unit.db, draft.row.sectorId);
  const reason = sector ? restReason(sector, await unit.now()) : null;
  draft.change({
    state: 'waiting',
    reason,
    ownerId: null,
    designatedId: null,
    dueAt: null,
    distribution: returnedDistribution(draft.row.distribution.number + 1, holder),
  });
  draft.record('conversation.returned', actor, {
    by: holder.userId,
    ...(because ? { because } : {}),
    noteId: note ? await writeNote(unit, draft, note) : null,
  });
  unit.wake({ workflow: 'conversation', targetId: draft.row.id, signal: 'returned', version: draft.version });
}

/** Notes are texts of people: kept in a table of their own and joined when shown. */
export async function writeNote(unit: Unit, draft: Draft, text: string): Promise<string> {
  const note = { id: crypto.randomUUID(), conversationId: draft.row.id, text, createdAt: await unit.now() };
  unit.write(`note ${note.id}`, (db) => db.insertInto('note').values(note));
  return note.id;
}
