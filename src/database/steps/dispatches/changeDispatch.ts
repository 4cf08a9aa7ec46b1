import { abilityOf, type AppAbility, dispatchSubject } from '../../../domain/access/ability.ts';
import type { Permission } from '../../../domain/access/permissions.ts';
import { holds } from '../../../domain/access/principal.ts';
import { assertLeadsTo, dispatchEnded, type DispatchState, hasEnded } from '../../../domain/dispatch/state.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { ClientGroupId, DispatchId, UserId } from '../../../domain/ids.ts';
import { loadPerson, type Person } from '../../repositories/principals.ts';
import type { Unit } from '../../unit.ts';
import { assertModuleOn, holdGroup } from '../groups/groups.ts';
import { accessOf, type DispatchRow, lockDispatch, recordDispatch } from './dispatchRow.ts';
import { assertResponsible } from './responsible.ts';
import { assertTimes } from './times.ts';

export interface DispatchChanges {
  readonly description?: string;
  readonly state?: DispatchState;
  readonly deadline?: Date | null;
  readonly remindAt?: Date | null;
  readonly responsibleId?: UserId;
  readonly groupId?: ClientGroupId;
}

export interface ChangeDispatchInput {
  readonly id: DispatchId;
  readonly actorId: UserId;
  readonly ifVersion: number | undefined;
  readonly changes: DispatchChanges;
}

/**
 * Changes a dispatch that is not over: who takes it out says how it stands, who supervises its group says who is
 * responsible. Every change is an event with who, when, from and to – of a description that it changed.
 * @throws Refusal `not-found`, `forbidden`, `version-mismatch`, `dispatch-ended`, `state-refused`, `module-off`,
 * `group-without-members`, `target-not-eligible`, `settings-out-of-range`, `invalid-request` for an unknown group
 */
export async function changeDispatch(unit: Unit, input: ChangeDispatchInput): Promise<void> {
  const { actorId, changes } = input;
  const before = await lockDispatch(unit, input.id);
  const person = await loadPerson(unit.db, actorId);
  if (!person?.active) throw new Refusal('unauthenticated', 'Your account is not active.');
  const ability = abilityOf(person, person);
  if (!before || !ability.can('read', dispatchSubject(accessOf(before)))) throw unseen(ability, changes);
  assertPermitted(person, ability, before, changes);
  if (input.ifVersion !== undefined && input.ifVersion !== before.version) {
    throw new Refusal('version-mismatch', 'The dispatch has changed since you read it.', {
      currentVersion: before.version,
    });
  }
  await assertModuleOn(unit);
  const after = await changed(unit, before, changes);
  const said = differences(before, after);
  if (Object.keys(said).length === 0) return;
  const next = { ...after, version: before.version + 1 };
  await unit.db.updateTable('dispatch').set(next).where('id', '=', before.id).execute();
  recordDispatch(
    unit,
    'responsibleId' in said || 'groupId' in said ? 'dispatch.responsible_changed' : 'dispatch.changed',
    { kind: 'user', id: actorId },
    { before, after: next },
    { changes: said },
  );
  unit.wake({ workflow: 'dispatch', targetId: before.id, signal: hasEnded(next.state) ? 'ended' : 'changed' });
}

const changesResponsible = ({ responsibleId, groupId }: DispatchChanges): boolean =>
  responsibleId !== undefined || groupId !== undefined;
const changesWork = ({ responsibleId: _user, groupId: _group, ...work }: DispatchChanges): boolean =>
  Object.keys(work).length > 0;

/** Whoever sees no dispatches at all is told which permission that takes; whoever sees others, that there is none. */
const unseen = (ability: AppAbility, changes: DispatchChanges): Refusal =>
  ability.can('read', 'Dispatch')
    ? notFound('dispatch')
    : lacking(changesResponsible(changes) ? 'change-dispatch-responsible' : 'take-out-dispatches');

const lacking = (permission: Permission): Refusal =>
  new Refusal('forbidden', `This takes the permission "${permission}".`, { permission });

function assertPermitted(person: Person, ability: AppAbility, row: DispatchRow, changes: DispatchChanges): void {
  const subject = dispatchSubject(accessOf(row));
  if (changesWork(changes) && !ability.can('update', subject)) {
    if (!holds(person, 'take-out-dispatches')) throw lacking('take-out-dispatches');
    throw new Refusal('forbidden', 'Only its responsible user and those who dispatch in its group change this.', {
      permission: 'take-out-dispatches',
    });
  }
  if (!changesResponsible(changes) || ability.can('change-responsible', subject)) return;
  for (const permission of ['change-dispatch-responsible', 'view-dispatches'] as const)
    if (!holds(person, permission)) throw lacking(permission);
  throw new Refusal('forbidden', 'Only those who supervise its group say who is responsible.', {
    permission: 'change-dispatch-responsible',
  });
}

async function changed(unit: Unit, before: DispatchRow, changes: DispatchChanges): Promise<DispatchRow> {
  if (hasEnded(before.state)) throw dispatchEnded(before.state);
  const now = await unit.now();
  const after = { ...before, ...changes };
  if (changes.state && changes.state !== before.state) {
    assertLeadsTo(before.state, changes.state);
    if (hasEnded(changes.state)) after.endedAt = now;
  }
  if (changesResponsible(changes)) {
    await holdGroup(unit, after.groupId);
    await assertResponsible(unit, after.groupId, after.responsibleId);
  }
  const set = (['deadline', 'remindAt'] as const).filter((name) => changes[name] !== undefined);
  if (set.length > 0) assertTimes({ deadline: after.deadline ?? null, remindAt: after.remindAt ?? null }, now, set);
  // A new time is told of anew.
  if (!same(after.deadline, before.deadline)) after.overdueAt = null;
  if (!same(after.remindAt, before.remindAt)) after.remindedAt = null;
  return after;
}

const told = ['state', 'responsibleId', 'groupId', 'deadline', 'remindAt'] as const;
type Told = (typeof told)[number];

/** From what to what: of a description only that it changed, because it is people's own text. */
function differences(before: DispatchRow, after: DispatchRow): Partial<Record<Told | 'description', unknown>> {
  const named = told
    .filter((name) => !same(before[name], after[name]))
    .map((name) => [name, { from: plain(before[name]), to: plain(after[name]) }]);
  return {
    ...(Object.fromEntries(named) as Partial<Record<Told, unknown>>),
    ...(before.description === after.description ? {} : { description: true }),
  };
}

const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : (value ?? null));
const same = (a: unknown, b: unknown): boolean => plain(a) === plain(b);
