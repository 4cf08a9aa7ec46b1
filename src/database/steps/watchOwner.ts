import type { Actor } from '../../domain/conversation/explain.ts';
import type { handedBackWords } from '../../domain/conversation/reasonWords.ts';
import type { UserId } from '../../domain/ids.ts';
import { type AbsenceVerdict, goneSince, judgeAbsence } from '../../domain/routing/absence.ts';
import { judgeResponse, type ResponseAction } from '../../domain/routing/response.ts';
import { loadPresence } from '../repositories/presence.ts';
import { loadSector, type SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import type { Draft } from './draft.ts';
import { putBack } from './returnToQueue.ts';

const system: Actor = { kind: 'system' };

/** Whether the contact waits for an answer of the owner. */
export const owesAnswer = ({ row }: Draft): boolean => row.state === 'assigned' && row.unansweredSince !== null;

/** Whether the sector sets its owners a time for that. */
const watchesOwners = ({ ownership }: SectorConfig): boolean =>
  ownership.response.timeoutMs !== null || ownership.absenceGraceMs !== null;

/**
 * R34 and R35: what becomes of a conversation whose owner leaves the contact without an answer, or is gone meanwhile.
 * It may be back in the queue, or open, afterwards.
 * @returns when to look again; `null`: only a signal helps
 */
export async function watchOwner(unit: Unit, draft: Draft): Promise<Date | null> {
  if (!owesAnswer(draft)) return null;
  const sector = await loadSector(unit.db, draft.row.sectorId);
  if (!sector || !watchesOwners(sector)) return null;
  const now = await unit.now();
  const absence = await absenceOf(unit, draft, sector);
  if (absence.kind === 'hand-back') {
    await handBack(unit, draft, 'owner-absent');
    return null;
  }
  const absentAt = absence.kind === 'wait' ? absence.dueAt : null;
  const { unansweredSince = null, overdueToldAt = null, stateSince } = draft.row;
  const owed = { unansweredSince, assignedAt: stateSince, toldAt: overdueToldAt };
  const verdict = judgeResponse(owed, sector.ownership.response, { calendar: sector.calendar, now });
  if (verdict.kind === 'act') {
    await act(unit, draft, verdict.action);
    return draft.row.state === 'assigned' ? absentAt : null;
  }
  return verdict.dueAt && absentAt
    ? verdict.dueAt < absentAt
      ? verdict.dueAt
      : absentAt
    : (verdict.dueAt ?? absentAt);
}

/**
 * A message of the contact starts the clock of R34, and is the moment of R35: the workflow is woken where it does not
 * look by itself in time. A timer that runs ends before any that could begin now, and a further message begins none.
 */
export async function contactWaits(unit: Unit, draft: Draft, sector: SectorConfig): Promise<void> {
  if (!owesAnswer(draft) || !watchesOwners(sector)) return;
  const { dueAt } = draft.row;
  const begins = sector.ownership.response.timeoutMs !== null && !draft.before.unansweredSince && !dueAt;
  if (!begins && !isSooner(await absenceOf(unit, draft, sector), dueAt ?? null)) return;
  unit.wake({ workflow: 'conversation', targetId: draft.row.id, signal: 'woken', version: draft.version });
}

/** Whether an owner's absence asks for a look before the workflow's own timer. */
const isSooner = (absence: AbsenceVerdict, dueAt: Date | null): boolean =>
  absence.kind === 'hand-back' ||
  (absence.kind === 'wait' && absence.dueAt !== null && (!dueAt || absence.dueAt < dueAt));

async function absenceOf(unit: Unit, draft: Draft, sector: SectorConfig): Promise<AbsenceVerdict> {
  const { absenceGraceMs } = sector.ownership;
  const { ownerId, stateSince } = draft.row;
  if (absenceGraceMs === null || !ownerId) return { kind: 'there' };
  const now = await unit.now();
  const gone = goneSince(await loadPresence(unit.db, ownerId, now), stateSince);
  return judgeAbsence(gone, absenceGraceMs, { calendar: sector.calendar, now });
}

async function act(unit: Unit, draft: Draft, action: ResponseAction): Promise<void> {
  const { ownerId } = draft.row;
  switch (action) {
    case 'tell-supervisor':
      draft.note({ overdueToldAt: await unit.now() });
      draft.record('conversation.response_overdue', system, { ownerId });
      return;
    case 'return':
      return handBack(unit, draft, 'response-timeout');
    case 'open':
      draft.change({ state: 'open', reason: 'response-timeout', ownerId: null, dueAt: null });
      draft.record('conversation.opened', system, { reason: 'response-timeout', by: ownerId });
  }
}

/** Back to the queue as in R19, passing on from the owner, in nobody's name. */
async function handBack(unit: Unit, draft: Draft, because: keyof typeof handedBackWords): Promise<void> {
  const owner = await unit.db
    .selectFrom('users')
    .select(['id as userId', 'createdAt'])
    .where('id', '=', draft.row.ownerId as UserId)
    .executeTakeFirstOrThrow();
  await putBack(unit, draft, owner, system, null, because);
}
