import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConversationId, UserId } from '../../src/domain/ids.ts';
import type { Caller } from '../support/api.ts';
import { createKey } from '../api/walk/world.ts';
import {
  type BuiltChannel,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { type Deployment, startDeployment } from '../support/deployment.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { until } from '../support/world.ts';
import { eventsOf, messagesOf, mostAtOnce, offersOf, rowOf, storyOf } from './readings.ts';
import { patience, report, times, untilAnswered } from './support.ts';

/** Two API processes and a worker: the whole of it, timers included. */
let deployed: Deployment;
let asAdmin: readonly [Caller, Caller];

beforeAll(async () => {
  deployed = await startDeployment({ namespace: testNamespaces.races, workers: 1 });
  asAdmin = await deployed.as(await createUser(deployed.platform, { role: 'administrator' }));
});
afterAll(() => deployed.stop());

/** A channel of its own that leads to a sector with these agents, and how messages come in through it. */
async function company(agents: number, settings: Parameters<typeof createSector>[1] & object) {
  const { platform } = deployed;
  const sector = await createSector(platform, settings);
  const channel = await createChannel(platform, sector);
  const people: BuiltUser[] = [];
  for (let n = 0; n < agents; n++) people.push(await createUser(platform, { memberOf: [sector] }));
  return { sector, people, write: writerOn(channel, await keyOf(channel)) };
}

const keyOf = async (channel: BuiltChannel) => deployed.withToken((await createKey(deployed.platform, channel)).key);

const writerOn =
  (channel: BuiltChannel, as: readonly [Caller, Caller]) =>
  async (n: number, contact = randomUUID(), message: string = randomUUID()) => {
    const written = { contact: { externalId: contact, name: 'Maria' }, message: { id: message, text: 'Olá' } };
    const { status, body } = await untilAnswered(() =>
      as[n % 2 === 0 ? 0 : 1].post(`/v1/channels/${channel.id}/messages`, written),
    );
    expect(status).toBe(202);
    return body as { readonly conversationId: ConversationId; readonly messageId: string; readonly created: boolean };
  };

const close = (id: ConversationId) => asAdmin[0].post(`/v1/conversations/${id}/close`, {});

describe('an accept meets the expiry of its offer at the very millisecond (R13, R15)', () => {
  test('whoever commits first has it: answer and data agree, and an accept is never taken back', patience, async () => {
    const lanes = 4;
    const roundsOfLane = 25 * times;
    const { people, write } = await company(2, { offerTimeoutMs: 500, distributionLimitMs: 3_600_000 });
    const callers = new Map<UserId, readonly [Caller, Caller]>();
    for (const agent of people) callers.set(agent.id, await deployed.as(agent));
    const won = { accept: 0, expiry: 0 };
    const accepted: { id: ConversationId; owner: UserId; version: number }[] = [];
    const distances: number[] = [];

    const play = async (lane: number): Promise<void> => {
      // Milliseconds from `expiresAt` to the request: later as long as accepts win, earlier when the expiry did.
      let after = 0;
      // Wide at first, narrower with each change of the winner: so both come to win, however late this machine's timers are.
      let step = 80;
      let before: boolean | undefined;
      for (let round = 0; round < roundsOfLane; round++) {
        const { conversationId: id } = await write(lane);
        const [offer] = await until('it is offered', async () => {
          const offers = await offersOf(deployed.platform, id);
          return offers.length > 0 && offers;
        });
        await sleep(Math.max(offer!.expiresAt!.getTime() + after - Date.now(), 0));
        const agent = callers.get(offer!.agentId)![round % 2 === 0 ? 0 : 1];
        const answer = await agent.post(`/v1/conversations/${id}/accept`, { offerId: offer!.id });
        const isAccepted = answer.status === 200;
        won[isAccepted ? 'accept' : 'expiry']++;
        distances.push(after);
        if (before !== undefined && before !== isAccepted) step = Math.max(step / 2, 4);
        before = isAccepted;
        after = Math.max(after + (isAccepted ? step : -step) * Math.random(), -100);

        if (!isAccepted) expect([answer.status, answer.body.code]).toEqual([409, 'offer-expired']);
        const ended = (await offersOf(deployed.platform, id))[0]!;
        expect(ended.end).toBe(isAccepted ? 'accepted' : 'expired');
        expect(await eventsOf(deployed.platform, id, offer!.id)).toEqual([
          'offered',
          isAccepted ? 'assigned' : 'offer_expired',
        ]);
        if (isAccepted) accepted.push({ id, owner: offer!.agentId, version: answer.body.version });
        else await close(id);
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_unused, lane) => play(lane)));

    // Every timer that was set for them has long fired.
    await sleep(1_000);
    for (const { id, owner, version } of accepted) {
      expect(await rowOf(deployed.platform, id)).toMatchObject({ state: 'assigned', ownerId: owner, version });
      await close(id);
    }
    report('accept against expiry', {
      rounds: won.accept + won.expiry,
      'accept first': won.accept,
      'expiry first': won.expiry,
      'ms after expiresAt in the middle': Math.round(distances.toSorted((a, b) => a - b)[distances.length >> 1]!),
    });
    expect(Math.min(won.accept, won.expiry)).toBeGreaterThan(0);
  });
});

describe('deliveries at the same moment through two API processes (R33)', () => {
  test('ten of one message are one message of one conversation, with one answer', patience, async () => {
    const rounds = 20 * times;
    const { write } = await company(0, { mode: 'manual' });
    for (let round = 0; round < rounds; round++) {
      const [contact, message] = [randomUUID(), randomUUID()];
      const answers = await Promise.all(Array.from({ length: 10 }, (_unused, n) => write(n, contact, message)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toMatchObject({ created: true });
      expect(await messagesOf(deployed.platform, contact)).toEqual([
        { conversationId: answers[0]!.conversationId, seq: 1 },
      ]);
    }
    report('ten deliveries of one message', { rounds, messages: rounds, conversations: rounds });
  });

  test('ten different first messages of one contact are one conversation with all ten', patience, async () => {
    const rounds = 10 * times;
    const { write } = await company(0, { mode: 'manual' });
    for (let round = 0; round < rounds; round++) {
      const contact = randomUUID();
      const answers = await Promise.all(Array.from({ length: 10 }, (_unused, n) => write(n, contact)));
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      const { conversationId } = answers[0]!;
      expect(await messagesOf(deployed.platform, contact)).toEqual(
        Array.from({ length: 10 }, (_unused, index) => ({ conversationId, seq: index + 1 })),
      );
    }
    report('ten first messages of one contact', { rounds, conversations: rounds });
  });

  test('a message that meets a close is in the old conversation before it, or begins a new one', patience, async () => {
    const rounds = 20 * times;
    const { write } = await company(0, { mode: 'manual' });
    let old = 0;
    for (let round = 0; round < rounds; round++) {
      const contact = randomUUID();
      const { conversationId } = await write(0, contact);
      const [closed, written] = await Promise.all([close(conversationId), write(1, contact)]);
      expect(closed.status).toBe(200);
      const isOld = written.conversationId === conversationId;
      expect(written.created).toBe(!isOld);
      const story = await storyOf(deployed.platform, conversationId);
      expect(story.at(-1)).toBe('closed');
      expect(story.filter((type) => type === 'message.received')).toHaveLength(isOld ? 2 : 1);
      if (isOld) old++;
      else {
        const next = await rowOf(deployed.platform, written.conversationId);
        expect([next.status, next.previousId]).toEqual(['active', conversationId]);
      }
    }
    report('message against close', { rounds, 'in the old one': old, 'in a new one': rounds - old });
  });
});

describe('sixteen conversations arrive at once where places are few (R2, R10)', () => {
  test(
    'nobody ever has more than their capacity, no place stays empty, and each freed place is given on',
    patience,
    async () => {
      const rounds = 3 * times;
      const capacity = 3;
      const settings = { offerTimeoutMs: 600_000, distributionLimitMs: 3_600_000, capacity };
      let offers = 0;
      for (let round = 0; round < rounds; round++) {
        const { sector, people, write } = await company(4, settings);
        const callers = new Map<UserId, readonly [Caller, Caller]>();
        for (const agent of people) callers.set(agent.id, await deployed.as(agent));
        const held = async () =>
          queries(deployed.platform)
            .selectFrom('conversation')
            .select(['id', 'state', 'reason', 'designatedId', 'ownerId'])
            .where('sectorId', '=', sector.id)
            .where('status', '=', 'active')
            .execute();
        const untilServed = async (waiting: number) => {
          let rows = await held();
          const end = Date.now() + 20_000;
          while (Date.now() < end && waitingIn(rows) !== waiting) {
            await sleep(50);
            rows = await held();
          }
          expect(waitingIn(rows), JSON.stringify(rows)).toBe(waiting);
          return rows;
        };
        await Promise.all(Array.from({ length: 16 }, (_unused, n) => write(n)));
        await until('sixteen are there', async () => (await held()).length === 16);
        const full = await untilServed(16 - capacity * people.length);
        // All that are offered are accepted at once, and then closed at once: every place becomes free in one moment.
        const mine = full.filter(({ designatedId }) => designatedId !== null);
        const accepted = await Promise.all(
          mine.map(({ id, designatedId }, n) =>
            callers.get(designatedId as UserId)![n % 2 === 0 ? 0 : 1].post(`/v1/conversations/${id}/accept`, {}),
          ),
        );
        expect(accepted.map(({ status }) => status)).toEqual(mine.map(() => 200));
        await Promise.all(mine.map(({ id }) => close(id)));
        await untilServed(0);
        const most = await mostAtOnce(deployed.platform, sector.id);
        expect(Math.max(...most.values())).toBe(capacity);
        offers += 16;
        await Promise.all((await held()).map(({ id }) => close(id)));
      }
      report('sixteen offers at once, places for twelve', { rounds, offers, 'most held by anybody': capacity });
    },
  );
});

const waitingIn = (rows: readonly { readonly state: string | null }[]): number =>
  rows.filter(({ state }) => state === 'waiting').length;
