import { AbilityBuilder, createMongoAbility } from '@casl/ability';
import type { MikroORM } from '@mikro-orm/postgresql';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  abilityOf,
  type AppAbility,
  type ConversationAccess,
  conversationActions,
  conversationSubject,
} from '../../src/domain/access/ability.ts';
import { permissions, roles } from '../../src/domain/access/permissions.ts';
import type { Principal } from '../../src/domain/access/principal.ts';
import { routingStates } from '../../src/domain/conversation/state.ts';
import { type ChannelId, newId, type SectorId, type UserId } from '../../src/domain/ids.ts';
import { dbOf } from '../../src/database/db.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { readableConversations } from '../../src/database/visible.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const sectors = Array.from({ length: 3 }, () => newId<SectorId>());
const channels = Array.from({ length: 2 }, () => newId<ChannelId>());
const users = Array.from({ length: 3 }, () => newId<UserId>());

let database: TestDatabase;
let orm: MikroORM;

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url, poolSize: 2 });
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

/** Which of the conversations, by their place in the list, the filter lets through. */
async function filtered(
  ability: AppAbility,
  conversations: readonly ConversationAccess[],
  action?: (typeof conversationActions)[number],
): Promise<number[]> {
  const { rows } = await sql<{ place: number }>`
    select c.place from (
      select (row_number() over ())::int as place, v.status, v.state, v."sectorId"::uuid as sector_id, v."channelId"::uuid as channel_id,
             v."ownerId"::uuid as owner_id, v."designatedId"::uuid as designated_id
        from jsonb_to_recordset(${JSON.stringify(conversations)}::jsonb)
          as v (status text, state text, "sectorId" text, "channelId" text, "ownerId" text, "designatedId" text)
    ) c where ${readableConversations(ability, action)} order by 1`.execute(dbOf(orm.em.fork()));
  return rows.map(({ place }) => place - 1);
}

const allowed = (
  ability: AppAbility,
  conversations: readonly ConversationAccess[],
  action: (typeof conversationActions)[number],
): number[] =>
  conversations.flatMap((conversation, place) =>
    ability.can(action, conversationSubject(conversation)) ? [place] : [],
  );

const conversation: fc.Arbitrary<ConversationAccess> = fc
  .record({
    state: fc.constantFrom(null, ...routingStates),
    sectorId: fc.constantFrom(...sectors),
    channelId: fc.constantFrom(...channels),
    ownerId: fc.constantFrom(null, ...users),
    designatedId: fc.constantFrom(null, ...users),
  })
  .map((access) => ({ ...access, status: access.state === null ? ('closed' as const) : ('active' as const) }));

const principal: fc.Arbitrary<Principal> = fc.record({
  userId: fc.constantFrom(...users),
  role: fc.constantFrom(...roles),
  groupId: fc.constant(null),
  permissions: fc.subarray([...permissions]),
  memberOf: fc.subarray(sectors),
  supervises: fc.subarray(sectors),
  hiddenChannels: fc.subarray(channels),
  clientGroups: fc.constant([]),
});

const abilityFrom = (define: (rules: AbilityBuilder<AppAbility>) => void): AppAbility => {
  const builder = new AbilityBuilder<AppAbility>(createMongoAbility);
  define(builder);
  return builder.build();
};

describe('the filter of lists', () => {
  test('lets through exactly the conversations that the person may read, or act on, one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        principal,
        fc.array(conversation, { minLength: 1, maxLength: 30 }),
        async (person, conversations) => {
          const ability = abilityOf(person, { selfAvailability: false });
          for (const action of conversationActions) {
            expect(await filtered(ability, conversations, action)).toEqual(allowed(ability, conversations, action));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('agrees with rules that forbid, compare with nothing, and name no ids at all', async () => {
    const [sector] = sectors as [SectorId];
    const abilities = [
      abilityFrom(({ can, cannot }) => {
        can('read', 'Conversation');
        cannot('read', 'Conversation', { ownerId: users[0]! });
        cannot('read', 'Conversation', { designatedId: { $ne: null }, sectorId: sector });
      }),
      abilityFrom(({ can }) => can('read', 'Conversation', { ownerId: null })),
      abilityFrom(({ can }) =>
        can('read', 'Conversation', { ownerId: { $ne: users[0]! }, designatedId: { $nin: [users[1]!] } }),
      ),
      abilityFrom(({ can }) => can('read', 'Conversation', { ownerId: { $nin: [] } })),
      abilityFrom(({ can }) => can('read', 'Conversation', { ownerId: { $in: [] } })),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(conversation, { minLength: 20, maxLength: 40 }), async (conversations) => {
        for (const ability of abilities) {
          expect(await filtered(ability, conversations)).toEqual(allowed(ability, conversations, 'read'));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('lets nothing through when nothing is allowed', async () => {
    const some = fc.sample(conversation, 5);
    expect(
      await filtered(
        abilityFrom(() => {}),
        some,
      ),
    ).toEqual([]);
    expect(
      await filtered(
        abilityFrom(
          ({ can, cannot }) => (can('read', 'Conversation', { state: 'open' }), cannot('read', 'Conversation')),
        ),
        some,
      ),
    ).toEqual([]);
  });

  test('is the same statement for any number of ids', () => {
    const compiled = (count: number) => {
      const person: Principal = {
        userId: users[0]!,
        role: 'agent',
        groupId: null,
        permissions,
        memberOf: Array.from({ length: count }, () => newId<SectorId>()),
        supervises: [],
        hiddenChannels: [],
        clientGroups: [],
      };
      return readableConversations(abilityOf(person, { selfAvailability: false })).compile(dbOf(orm.em.fork())).sql;
    };
    expect(compiled(7)).toBe(compiled(0));
  });

  test('refuses a rule that it cannot express instead of guessing', () => {
    expect(() =>
      readableConversations(abilityFrom(({ can }) => can('read', 'Conversation', { ownerId: { $exists: true } }))),
    ).toThrow('operator "exists"');
    expect(() =>
      readableConversations(abilityFrom(({ can }) => can('read', 'Conversation', { priority: 1 } as object))),
    ).toThrow('"priority"');
  });
});
