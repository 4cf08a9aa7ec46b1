import { sql } from 'kysely';
import { isPrivateHost } from '../../../domain/automation/publicAddress.ts';
import { namedBy, type RuleBody } from '../../../domain/automation/rule.ts';
import { type Mistake, Refusal } from '../../../domain/errors.ts';
import type { SectorId, UserId } from '../../../domain/ids.ts';
import { holdSectors } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import { unknownPlaceholders, type WrittenText } from './placeholders.ts';

/** What this deployment lets rules call. */
export interface CallLimits {
  readonly allowPrivate: boolean;
}

/**
 * Everything that a rule names must be there, and sectors that it names stay until the end of the transaction (A6).
 * @throws Refusal `rule-invalid` with the path of each mistake
 */
export async function assertNamed(unit: Unit, rule: RuleBody, limits: CallLimits): Promise<void> {
  const mistakes = [
    ...(await unknownSectors(unit, rule)),
    ...(await unknownChannels(unit, rule)),
    ...(await unfitAgents(unit, rule)),
    ...privateCalls(rule, limits),
    ...(await unknownPlaceholders(unit, messagesOf(rule))),
  ];
  const [first] = mistakes;
  if (!first) return;
  throw new Refusal('rule-invalid', 'The rule names something that does not exist, or cannot be used.', {
    path: first.path,
    errors: mistakes,
  });
}

const named = (rule: RuleBody, kind: ReturnType<typeof namedBy>[number]['kind']) =>
  namedBy(rule).filter((one) => one.kind === kind);

async function unknownSectors(unit: Unit, rule: RuleBody): Promise<Mistake[]> {
  const sectors = named(rule, 'sector');
  const held = await holdSectors(unit.db, [...new Set(sectors.map(({ id }) => id as SectorId))]);
  return sectors.flatMap(({ id, path }) => {
    const sector = held.get(id as SectorId);
    if (!sector) return [{ path: `body.${path}`, reason: 'there is no such sector' }];
    const leadsThere = path.startsWith('actions');
    return leadsThere && sector.archived
      ? [{ path: `body.${path}`, reason: 'is archived: it takes no new conversations' }]
      : [];
  });
}

async function unknownChannels(unit: Unit, rule: RuleBody): Promise<Mistake[]> {
  const channels = named(rule, 'channel');
  if (channels.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from channel where id = any(${channels.map(({ id }) => id)}::uuid[]) order by id for key share`.execute(
    unit.db,
  );
  const known = new Set(rows.map(({ id }) => id));
  return channels
    .filter(({ id }) => !known.has(id))
    .map(({ path }) => ({ path: `body.${path}`, reason: 'there is no such channel' }));
}

/** Whom a rule names must be active, and agent of the sector where it names one. */
async function unfitAgents(unit: Unit, rule: RuleBody): Promise<Mistake[]> {
  const users = named(rule, 'user');
  if (users.length === 0) return [];
  const { rows } = await sql<{ id: UserId; agentIn: SectorId[] }>`
    select u.id, array(select m.sector_id from sector_member m where m.user_id = u.id and 'agent' = any(m.functions)) as "agentIn"
      from users u where u.id = any(${users.map(({ id }) => id)}::uuid[]) and u.active and u.permission_group_id is not null`.execute(
    unit.db,
  );
  const agentIn = new Map(rows.map((row) => [row.id, row.agentIn]));
  return rule.actions.flatMap((action, index): Mistake[] => {
    if (action.kind !== 'assign-to-agent') return [];
    const sectors = agentIn.get(action.userId);
    const path = `body.actions.${index}.userId`;
    if (!sectors) return [{ path, reason: 'there is no such active user' }];
    return action.sectorId && !sectors.includes(action.sectorId)
      ? [{ path, reason: 'is no agent of the sector named' }]
      : [];
  });
}

/** What the rule sends. */
const messagesOf = ({ actions }: RuleBody): WrittenText[] =>
  actions.flatMap((action, index) =>
    action.kind === 'send-message' ? [{ path: `body.actions.${index}.text`, text: action.text }] : [],
  );

/** What a name leads to is known only when the call is made; what says so by itself is refused here. */
const privateCalls = (rule: RuleBody, { allowPrivate }: CallLimits): Mistake[] =>
  rule.actions.flatMap((action, index) =>
    action.kind === 'call-webhook' && !allowPrivate && isPrivateHost(action.url)
      ? [{ path: `body.actions.${index}.url`, reason: 'must be on the open internet' }]
      : [],
  );
