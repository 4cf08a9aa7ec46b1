import { packRules, unpackRules } from '@casl/ability/extra';
import { createMongoAbility } from '@casl/ability';
import { describe, expect, test } from 'vitest';
import {
  abilityOf,
  type AppAbility,
  conversationActions,
  conversationSubject,
  portfolioSubject,
  rotationSubject,
  savedFilterSubject,
  sectorSubject,
  type SettingSubject,
  settingSubjects,
  userSubject,
} from '../../../src/domain/access/ability.ts';
import { permissions } from '../../../src/domain/access/permissions.ts';
import { holds } from '../../../src/domain/access/principal.ts';
import {
  elsewhere,
  here,
  me,
  people,
  type PersonName,
  readTable,
  type StateName,
  states,
  somebodyElse,
  without,
} from '../../support/people.ts';

const settings = { selfAvailability: false };

const managedByPermission: ReadonlySet<SettingSubject> = new Set([
  'ApiKey',
  'AutomationRule',
  'Channel',
  'CustomField',
  'PermissionGroup',
  'Tag',
  'Template',
  'Variable',
  'Webhook',
]);

// Routing rules, "who sees it". Offered: the designated agent, the sector's supervisors, administrators. Every other
// state: all members of the sector, its supervisors, administrators. The channel's list narrows this in every state.
const whoSeesIt = readTable(`
  state                   | administrator | supervisor | member | member of another sector | member not on the list | supervisor not on the list
  waiting                 | yes           | yes        | yes    | no                       | no                     | no
  offered to me           | yes           | yes        | yes    | no                       | no                     | no
  offered to another      | yes           | yes        | no     | no                       | no                     | no
  open                    | yes           | yes        | yes    | no                       | no                     | no
  assigned to me          | yes           | yes        | yes    | no                       | no                     | no
  assigned to another     | yes           | yes        | yes    | no                       | no                     | no
  closed                  | yes           | yes        | yes    | no                       | no                     | no
  closed by me, its owner | yes           | yes        | yes    | no                       | no                     | no
`);

describe('who sees a conversation', () => {
  const cells = whoSeesIt.rows.flatMap(({ state, cells: row }) =>
    row.map((sees, column) => [whoSeesIt.columns[column]!, state, sees] as const),
  );

  test.each(cells)('%s, %s: %s', (name, state, sees) => {
    for (const principal of [people[name as PersonName], without(people[name as PersonName], ...permissions)]) {
      expect(abilityOf(principal, settings).can('read', conversationSubject(states[state as StateName]))).toBe(
        sees === 'yes',
      );
    }
  });

  test('the table has every state and every person', () => {
    expect(whoSeesIt.rows.map(({ state }) => state)).toEqual(Object.keys(states));
    expect(whoSeesIt.columns).toEqual(Object.keys(people));
  });

  test('nobody may do to a conversation what they may not see', () => {
    for (const principal of Object.values(people)) {
      const ability = abilityOf(principal, settings);
      for (const state of Object.values(states)) {
        // An owner who is no member of the sector, nor on the list, is what must never be.
        if (state.ownerId === me && !ability.can('read', conversationSubject(state))) continue;
        for (const action of conversationActions) {
          if (ability.can(action, conversationSubject(state)))
            expect(ability.can('read', conversationSubject(state)), action).toBe(true);
        }
      }
    }
  });
});

describe('who changes what is noted of a conversation (its priority and tags)', () => {
  // The rules name nobody: its owner, and those who look after the queue.
  test.each<[PersonName, StateName[]]>([
    ['administrator', Object.keys(states) as StateName[]],
    ['supervisor', ['waiting', 'offered to me', 'offered to another', 'open', 'assigned to me', 'assigned to another']],
    ['member', ['assigned to me']],
    ['member of another sector', []],
    ['member not on the list', []],
    ['supervisor not on the list', []],
  ])('%s: %j', (name, changeable) => {
    const ability = abilityOf(people[name], settings);
    expect(
      Object.entries(states).flatMap(([state, target]) =>
        ability.can('update', conversationSubject(target)) ? [state] : [],
      ),
    ).toEqual(changeable);
  });
});

describe('permissions', () => {
  test('an administrator holds all of them', () => {
    for (const permission of permissions) expect(holds(people.administrator, permission)).toBe(true);
  });

  test('anybody else holds what their group grants', () => {
    for (const permission of permissions) {
      expect(holds(people.member, permission)).toBe(true);
      expect(holds(without(people.member, permission), permission)).toBe(false);
    }
  });
});

describe('settings and people', () => {
  const can = (principal = people.member, selfAvailability = false): AppAbility =>
    abilityOf(principal, { selfAvailability });

  test('administrators manage everything', () => {
    for (const subject of settingSubjects) expect(can(people.administrator).can('manage', subject), subject).toBe(true);
  });

  const changing = ['create', 'update', 'delete', 'manage', 'import', 'change-responsible'] as const;

  test('nobody changes a setting without a permission that opens it', () => {
    for (const principal of [people.member, people.supervisor]) {
      for (const subject of settingSubjects) {
        for (const action of changing)
          expect(can(without(principal, ...permissions)).can(action, subject), `${action} ${subject}`).toBe(false);
      }
    }
  });

  test('sectors and their members are the administrators’ alone, and so is the audit, whatever is granted', () => {
    for (const principal of [people.member, people.supervisor]) {
      for (const subject of ['Sector', 'Outcome', 'Rotation', 'Client', 'ClientGroup', 'Metrics', 'Audit'] as const) {
        for (const action of changing) expect(can(principal).can(action, subject), `${action} ${subject}`).toBe(false);
      }
      expect(can(principal).can('read', 'Audit')).toBe(false);
    }
  });

  test('with every permission one still administrates nothing', () => {
    for (const subject of settingSubjects)
      expect(can(people.member).can('manage', subject), subject).toBe(managedByPermission.has(subject));
  });

  test('portfolios and filters are one’s own, another’s are the administrators’', () => {
    expect(can(people.member).can('delete', portfolioSubject(me))).toBe(true);
    expect(can(people.member).can('delete', portfolioSubject(somebodyElse))).toBe(false);
    expect(can(people.administrator).can('delete', portfolioSubject(somebodyElse))).toBe(true);
    expect(can(people.member).can('update', savedFilterSubject(me))).toBe(true);
    expect(can(people.member).can('update', savedFilterSubject(somebodyElse))).toBe(false);
  });

  test('members read their own sectors and rotations, no others', () => {
    for (const principal of [people.member, people.supervisor]) {
      expect(can(principal).can('read', sectorSubject(here))).toBe(true);
      expect(can(principal).can('read', rotationSubject(here))).toBe(true);
      expect(can(principal).can('read', sectorSubject(elsewhere))).toBe(false);
      expect(can(principal).can('read', rotationSubject(elsewhere))).toBe(false);
    }
  });

  test.each<[organisation: string, self: boolean]>([
    ['allows it', true],
    ['does not allow it', false],
  ])(
    'R2: users set their own availability where the organisation %s: %j – and nobody else’s',
    (_organisation, self) => {
      expect(can(people.member, self).can('set-availability', userSubject(me))).toBe(self);
      expect(can(people.supervisor, self).can('set-availability', userSubject(somebodyElse))).toBe(false);
      expect(can(people.administrator, self).can('set-availability', userSubject(somebodyElse))).toBe(true);
    },
  );
});

test('the rules are data: packed, sent and unpacked they give the same answers', () => {
  for (const principal of Object.values(people)) {
    const ability = abilityOf(principal, settings);
    const sent = JSON.parse(JSON.stringify(packRules(ability.rules)));
    const received = createMongoAbility<AppAbility>(unpackRules(sent));
    for (const state of Object.values(states)) {
      for (const action of conversationActions) {
        expect(received.can(action, conversationSubject(state))).toBe(ability.can(action, conversationSubject(state)));
      }
    }
  }
});
