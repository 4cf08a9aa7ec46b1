import type { ConversationAccess } from '../../src/domain/access/ability.ts';
import { type Permission, permissions } from '../../src/domain/access/permissions.ts';
import type { Principal } from '../../src/domain/access/principal.ts';
import type { CommandTarget } from '../../src/domain/conversation/commands.ts';
import type { ChannelId, UserId } from '../../src/domain/ids.ts';
import { sector, user } from './situations.ts';

/** Where the conversation is, and another sector. */
export const [here, elsewhere] = [sector(1), sector(2)];
export const channel = '00000004-0000-7000-8000-000000000001' as ChannelId;

/** Whoever else has the conversation, and the person who is looked at. */
export const [somebodyElse, me] = [user(1), user(2)];

/** The rights of the person who is looked at: an agent who is a member of no sector, with all permissions. */
const person = (overrides: Partial<Principal>): Principal => ({
  userId: me,
  role: 'agent',
  groupId: null,
  permissions,
  memberOf: [],
  supervises: [],
  hiddenChannels: [],
  clientGroups: [],
  ...overrides,
});

/** The relations to a conversation in which a person can stand, apart from its owner and its designated agent. */
export const people = {
  administrator: person({ role: 'administrator', permissions: [] }),
  supervisor: person({ role: 'supervisor', memberOf: [here], supervises: [here] }),
  member: person({ memberOf: [here] }),
  'member of another sector': person({ memberOf: [elsewhere], supervises: [elsewhere] }),
  'member not on the list': person({ memberOf: [here], hiddenChannels: [channel] }),
  'supervisor not on the list': person({
    role: 'supervisor',
    memberOf: [here],
    supervises: [here],
    hiddenChannels: [channel],
  }),
} satisfies Record<string, Principal>;
export type PersonName = keyof typeof people;

export const without = (principal: Principal, ...missing: readonly Permission[]): Principal => ({
  ...principal,
  permissions: principal.permissions.filter((permission) => !missing.includes(permission)),
});

const conversation = (overrides: Partial<CommandTarget>): CommandTarget => ({
  status: 'active',
  state: 'waiting',
  sectorId: here,
  channelId: channel,
  ownerId: null,
  designatedId: null,
  priorSectorId: null,
  priorDesignatedId: null,
  ...overrides,
});

const offered = (to: UserId): CommandTarget => conversation({ state: 'offered', designatedId: to });
const assigned = (to: UserId): CommandTarget => conversation({ state: 'assigned', ownerId: to });

/** Every state of a conversation as `me` meets it. */
export const states = {
  waiting: conversation({}),
  'offered to me': offered(me),
  'offered to another': offered(somebodyElse),
  open: conversation({ state: 'open' }),
  'assigned to me': assigned(me),
  'assigned to another': assigned(somebodyElse),
  closed: conversation({ status: 'closed', state: null, ownerId: somebodyElse }),
  'closed by me, its owner': conversation({ status: 'closed', state: null, ownerId: me }),
} satisfies Record<string, ConversationAccess>;
export type StateName = keyof typeof states;

/**
 * Reads a table: a line that is not indented names a person; the lines below it begin with a state and have one cell
 * per column, separated by bars.
 */
export function readTable(text: string): {
  columns: string[];
  rows: { person: string; state: string; cells: string[] }[];
} {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim());
  const [, ...columns] = cellsOf(lines[0]!);
  let name = '';
  const rows = lines.slice(1).flatMap((line) => {
    if (!line.includes('|')) {
      name = line.trim();
      return [];
    }
    const [state, ...cells] = cellsOf(line);
    if (cells.length !== columns.length)
      throw new Error(`A row has ${cells.length} cells for ${columns.length} columns: ${line}`);
    return [{ person: name, state: state!, cells }];
  });
  return { columns, rows };
}
