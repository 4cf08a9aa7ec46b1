import type { InferEntity } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import { Refusal, type RefusalCode, type RefusalDetails } from '../../src/domain/errors.ts';
import type { Standing } from '../../src/domain/conversation/standing.ts';
import type { ConversationId, OfferId, UserId } from '../../src/domain/ids.ts';
import type { BusinessHours } from '../../src/domain/routing/businessHours.ts';
import type { Conversation, Offer } from '../../src/database/entities/conversations.ts';
import type { Event } from '../../src/database/entities/outbox.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { accept } from '../../src/database/steps/accept.ts';
import { advance } from '../../src/database/steps/advance.ts';
import { decline } from '../../src/database/steps/decline.ts';
import { handOnPlaces } from '../../src/database/steps/handOn.ts';
import { receiveMessage, type Received } from '../../src/database/steps/receiveMessage.ts';
import { transact } from '../../src/database/transact.ts';
import { type Platform, type StoredWakeUp, storedOnly, type Unit } from '../../src/database/unit.ts';
import { type BuiltChannel, queries } from './builders.ts';
import { ShiftedClock } from './clock.ts';
import { createTestDatabase } from './database.ts';

type Someone = { readonly id: UserId };

/** The steps on a database of their own: no HTTP, no Temporal, and a clock that the test moves. */
export interface Steps {
  readonly platform: Platform;
  readonly clock: ShiftedClock;
  /** Wake-ups that were committed, oldest first. */
  readonly wakeUps: StoredWakeUp[];
  run<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  /** What the conversation's workflow would do next. */
  advance(id: ConversationId): Promise<Standing>;
  accept(who: Someone, id: ConversationId, offerId?: OfferId): Promise<void>;
  decline(who: Someone, id: ConversationId): Promise<void>;
  /** A contact writes; the same contact when `from` is the same. */
  write(
    channel: BuiltChannel,
    from?: string,
    message?: { readonly id?: string; readonly text?: string },
  ): Promise<Received>;
  /** A new conversation that took its first step. */
  arrive(channel: BuiltChannel): Promise<ConversationId>;
  conversation(id: ConversationId): Promise<InferEntity<typeof Conversation>>;
  /** All offers of a conversation, by number. */
  offers(id: ConversationId): Promise<InferEntity<typeof Offer>[]>;
  /** Its events, in order. */
  events(id: ConversationId): Promise<InferEntity<typeof Event>[]>;
  /** The texts that went to the contact. */
  sent(id: ConversationId): Promise<{ readonly kind: string; readonly text: string }[]>;
  stop(): Promise<void>;
}

/** Starts them on a clone of the template. */
export async function startSteps(poolSize = 20, clock = new ShiftedClock()): Promise<Steps> {
  const database = await createTestDatabase();
  const orm = await openDatabase({ url: database.url, poolSize, applicationName: 'rodizio-test' });
  const wakeUps: StoredWakeUp[] = [];
  const freed: StoredWakeUp[] = [];
  const platform: Platform = {
    orm,
    clock,
    delivery: storedOnly,
    crash: () => undefined,
    afterCommit: {
      committed(what) {
        for (const wakeUp of what.wakeUps) (wakeUp.workflow === 'places' ? freed : wakeUps).push(wakeUp);
      },
    },
  };
  const run = async <T>(work: (unit: Unit) => Promise<T>): Promise<T> => {
    const result = await transact(platform, work);
    // What the dispatcher does after a commit: hands freed places on.
    for (const { targetId } of freed.splice(0)) await handOnPlaces(platform, targetId as UserId);
    return result;
  };
  const steps: Steps = {
    platform,
    clock,
    wakeUps,
    run,
    advance: (id) => run((unit) => advance(unit, id)),
    accept: async (who, id, offerId) =>
      void (await run((unit) => accept(unit, { conversationId: id, userId: who.id, offerId }))),
    async decline(who, id) {
      const live = (await steps.offers(id)).find((offer) => offer.endedAt === null);
      if (!live) throw new Error(`Conversation ${id} has no live offer to decline`);
      await run((unit) => decline(unit, { conversationId: id, userId: who.id, offerId: live.id }));
    },
    write: (channel, from = `+55119${randomUUID()}`, message = {}) =>
      run((unit) =>
        receiveMessage(unit, inbound(channel), {
          contact: { externalId: from, name: 'Maria' },
          message: { id: message.id ?? randomUUID(), text: message.text ?? 'Olá' },
        }),
      ),
    async arrive(channel) {
      const { conversationId } = await steps.write(channel);
      await steps.advance(conversationId);
      return conversationId;
    },
    conversation: (id) =>
      queries(platform).selectFrom('conversation').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    offers: (id) =>
      queries(platform).selectFrom('offer').selectAll().where('conversationId', '=', id).orderBy('number').execute(),
    events: (id) =>
      queries(platform).selectFrom('event').selectAll().where('conversationId', '=', id).orderBy('seq').execute(),
    sent: (id) =>
      queries(platform)
        .selectFrom('message')
        .select(['kind', 'text'])
        .where('conversationId', '=', id)
        .where('kind', '!=', 'contact')
        .orderBy('seq')
        .execute(),
    async stop() {
      await orm.close();
      await database.drop();
    },
  };
  return steps;
}

/** A channel as its key would have authenticated it. */
export const inbound = (channel: BuiltChannel) => ({
  id: channel.id,
  slug: channel.slug,
  kind: channel.kind,
  sectorId: channel.sectorId,
  agentIds: channel.agentIds ?? null,
});

/** The refusal that a step ends with. @throws Error when it succeeds. */
export async function refusalOf(
  step: Promise<unknown>,
): Promise<{ readonly code: RefusalCode; readonly details: RefusalDetails }> {
  const ended = await step.then(
    () => null,
    (error: unknown) => error,
  );
  if (ended instanceof Refusal) return { code: ended.code, details: ended.details };
  throw ended instanceof Error ? ended : new Error('the step was expected to be refused, but it succeeded');
}

/** Monday to Friday 09:00–18:00 in São Paulo (UTC−3). */
export const workingHours: BusinessHours = {
  timeZone: 'America/Sao_Paulo',
  weekly: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '18:00' })) as BusinessHours['weekly'],
  holidays: [],
};

/** A wall time of São Paulo in the week of Monday, 7 December 2026. */
export const at = (day: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun', time: string): Date =>
  new Date(
    `2026-12-${String(7 + ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(day)).padStart(2, '0')}T${time}:00-03:00`,
  );
