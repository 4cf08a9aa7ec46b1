import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId } from '../../src/domain/ids.ts';
import type { Answered, Caller } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOffered,
  createOwned,
  createSector,
  createUser,
} from '../support/builders.ts';
import { type Deployment, startDeployment } from '../support/deployment.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { type Meeting, meetings } from './meeting.ts';
import { offersOf, rowOf, storyOf } from './readings.ts';
import { patience, report, retries, times, untilAnswered } from './support.ts';

/** Two API processes, and nobody who moves a conversation on: what is seen afterwards is what people did. */
let deployed: Deployment;
let sector: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let asAna: readonly [Caller, Caller];
let asBoss: readonly [Caller, Caller];
let asAdmin: readonly [Caller, Caller];

beforeAll(async () => {
  deployed = await startDeployment({ namespace: testNamespaces.nobody, workers: 0 });
});
afterAll(() => deployed.stop());
beforeEach(async () => {
  const { platform } = deployed;
  [sector, sales] = [await createSector(platform), await createSector(platform)];
  channel = await createChannel(platform, sector);
  ana = await createUser(platform, { memberOf: [sector] });
  const boss = await createUser(platform, { memberOf: [sector], functions: ['supervisor'], role: 'supervisor' });
  asAna = await deployed.as(ana);
  asBoss = await deployed.as(boss);
  asAdmin = await deployed.as(await createUser(platform, { role: 'administrator' }));
});

const path = (id: ConversationId, command: string) => `/v1/conversations/${id}/${command}`;
const told = ({ status, body }: Answered): string => (status < 300 ? String(status) : `${status} ${body.code}`);
const open = () => createConversation(deployed.platform, channel, { state: 'open', reason: 'limit-reached' });

describe('sixteen callers accept one conversation through two API processes (R15)', () => {
  test('exactly one wins each round, and every other hears 409 with the name of the winner', patience, async () => {
    const rounds = 300 * times;
    const callers = await Promise.all(
      Array.from({ length: 16 }, async (_unused, n) => {
        const user = await createUser(deployed.platform, { memberOf: [sector] });
        return { id: user.id, caller: (await deployed.as(user))[n % 2 === 0 ? 0 : 1] };
      }),
    );
    const wins = new Map<string, number>();
    const startedAt = performance.now();
    for (let round = 0; round < rounds; round++) {
      const id = await open();
      const answers = await Promise.all(
        callers.map(({ caller }) => untilAnswered(() => caller.post(path(id, 'accept'), {}))),
      );
      const winners = callers.filter((_caller, n) => answers[n]!.status === 200);
      expect(winners).toHaveLength(1);
      const [winner] = winners;
      for (const { status, body } of answers)
        if (status !== 200) expect([status, body.code, body.ownerId]).toEqual([409, 'already-assigned', winner!.id]);
      expect(await rowOf(deployed.platform, id)).toMatchObject({ state: 'assigned', ownerId: winner!.id });
      expect((await storyOf(deployed.platform, id)).filter((type) => type === 'assigned')).toHaveLength(1);
      wins.set(winner!.id, (wins.get(winner!.id) ?? 0) + 1);
    }
    expect(wins.size).toBeGreaterThan(1);
    report('sixteen accepts', {
      rounds,
      winners: rounds,
      'refusals that name the winner': rounds * 15,
      'different winners': wins.size,
      'asked again': retries.count,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    });
  });
});

const meet = (names: readonly [first: string, second: string], prepare: () => Promise<Meeting>): Promise<void> =>
  meetings(deployed.platform, names, prepare);

/** An agent accepts their offer. */
async function accepting(agent: BuiltUser, as: readonly [Caller, Caller]) {
  const { platform } = deployed;
  const { conversationId: id, offerId } = await createOffered(platform, channel, agent);
  return {
    id,
    first: () => as[0].post(path(id, 'accept'), { offerId }),
    /** Whether it was accepted – and so it ended once, and who came too late heard this. */
    async accepted(answer: Answered, late: string): Promise<boolean> {
      const isAccepted = answer.status === 200;
      expect(told(answer)).toBe(isAccepted ? '200' : late);
      expect((await offersOf(platform, id)).map(({ end }) => end)).toEqual([isAccepted ? 'accepted' : 'revoked']);
      const assigned = (await storyOf(platform, id)).filter((type) => type === 'assigned');
      expect(assigned).toHaveLength(isAccepted ? 1 : 0);
      return isAccepted;
    },
  };
}

async function someoneLeaving() {
  const leaving = await createUser(deployed.platform, { memberOf: [sector] });
  return { leaving, ...(await accepting(leaving, await deployed.as(leaving))) };
}

describe('an accept meets something else at the same moment (R15: the order of commits decides)', () => {
  test('a transfer: the conversation is in the other sector, and nobody’s', patience, () =>
    meet(['accept', 'transfer'], async () => {
      const { id, first, accepted } = await accepting(ana, asAna);
      return {
        id,
        first,
        second: () => asBoss[1].post(path(id, 'transfer'), { sectorId: sales.id }),
        async check(accept, transfer) {
          expect(told(transfer)).toBe('200');
          expect(await rowOf(deployed.platform, id)).toMatchObject({ sectorId: sales.id, ownerId: null });
          return accepted(accept, '409 offer-expired');
        },
      };
    }),
  );

  test('a close: it is closed, and the offer has ended one way only', patience, () =>
    meet(['accept', 'close'], async () => {
      const { id, first, accepted } = await accepting(ana, asAna);
      return {
        id,
        first,
        second: () => asBoss[1].post(path(id, 'close'), {}),
        async check(accept, close) {
          expect(told(close)).toBe('200');
          const isAccepted = await accepted(accept, '409 conversation-closed');
          const row = await rowOf(deployed.platform, id);
          expect([row.status, row.ownerId]).toEqual(['closed', isAccepted ? ana.id : null]);
          return isAccepted;
        },
      };
    }),
  );

  test('a return by the owner: it is refused with the owner’s name, or there is a new owner', patience, async () => {
    const bruno = await createUser(deployed.platform, { memberOf: [sector] });
    const asBruno = await deployed.as(bruno);
    await meet(['accept', 'return'], async () => {
      const id = await createOwned(deployed.platform, channel, bruno);
      return {
        id,
        first: () => asAna[0].post(path(id, 'accept'), {}),
        second: () => asBruno[1].post(path(id, 'return'), {}),
        async check(accept, returned) {
          const isFirst = accept.status === 409;
          if (isFirst) expect(accept.body).toMatchObject({ code: 'already-assigned', ownerId: bruno.id });
          expect([isFirst ? 200 : accept.status, returned.status]).toEqual([200, 200]);
          const { state, ownerId } = await rowOf(deployed.platform, id);
          expect([state, ownerId]).toEqual(isFirst ? ['waiting', null] : ['assigned', ana.id]);
          return isFirst;
        },
      };
    });
  });

  test('the deactivation of who accepts: it is back in the queue', patience, () =>
    meet(['accept', 'deactivation'], async () => {
      const { leaving, id, first, accepted } = await someoneLeaving();
      return {
        id,
        first,
        second: () => asAdmin[1].post(`/v1/users/${leaving.id}/deactivate`),
        async check(accept, deactivation) {
          expect(told(deactivation)).toBe('200');
          expect(await rowOf(deployed.platform, id)).toMatchObject({ state: 'waiting', ownerId: null });
          return accepted(accept, '401 unauthenticated');
        },
      };
    }),
  );

  test('the removal of who accepts from the sector: it is back in the queue', patience, () =>
    meet(['accept', 'removal'], async () => {
      const { leaving, id, first, accepted } = await someoneLeaving();
      return {
        id,
        first,
        second: () => asAdmin[1].delete(`/v1/sectors/${sector.id}/members/${leaving.id}`),
        async check(accept, removal) {
          expect(told(removal)).toBe('204');
          expect(await rowOf(deployed.platform, id)).toMatchObject({ state: 'waiting', ownerId: null });
          return accepted(accept, '409 offer-expired');
        },
      };
    }),
  );
});

describe('a sector is deleted at the moment in which a conversation would come to it (A6, R16)', () => {
  test('by an accept into a default sector: no conversation lies in a sector that is gone', patience, () =>
    meet(['accept', 'deletion of the default sector'], async () => {
      const { platform } = deployed;
      const home = await createSector(platform);
      const mover = await createUser(platform, { memberOf: [sector, home], defaultSectorId: home.id });
      const asMover = await deployed.as(mover);
      const id = await open();
      return {
        id,
        first: () => asMover[0].post(path(id, 'accept'), {}),
        async second() {
          expect((await asAdmin[1].delete(`/v1/sectors/${home.id}/members/${mover.id}`)).status).toBe(204);
          return asAdmin[1].delete(`/v1/sectors/${home.id}`);
        },
        async check(accept, deletion) {
          expect(told(accept)).toBe('200');
          const moved = accept.body.sector.id === home.id;
          const { sectorId, ownerId } = await rowOf(platform, id);
          // Moved there, it came back to the queue of that sector when its owner left, and holds the sector.
          expect([told(deletion), sectorId, ownerId]).toEqual(
            moved ? ['409 sector-in-use', home.id, null] : ['204', sector.id, mover.id],
          );
          return moved;
        },
      };
    }),
  );

  test('by a transfer: it is refused, or the deletion is', patience, () =>
    meet(['transfer', 'deletion of its target'], async () => {
      const target = await createSector(deployed.platform);
      const id = await open();
      return {
        id,
        first: () => asBoss[0].post(path(id, 'transfer'), { sectorId: target.id }),
        second: () => asAdmin[1].delete(`/v1/sectors/${target.id}`),
        async check(transfer, deletion) {
          const isFirst = transfer.status === 200;
          expect([told(transfer), told(deletion)]).toEqual(
            isFirst ? ['200', '409 sector-in-use'] : ['404 not-found', '204'],
          );
          expect((await rowOf(deployed.platform, id)).sectorId).toBe(isFirst ? target.id : sector.id);
          return isFirst;
        },
      };
    }),
  );
});
