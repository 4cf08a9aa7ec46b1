import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import { contactName, messages, subjectOf } from './data.ts';
import type { LiveEvent } from './eventStream.ts';
import type { Random } from './random.ts';
import type { Arrival } from './schedule.ts';
import { textOf } from './seat.ts';
import type { Stage } from './stage.ts';

interface Received {
  readonly conversationId: string;
  readonly messageId: string;
}

interface Contact {
  readonly externalId: string;
  readonly name?: string;
}

const SECOND_MESSAGE_MS = 2_500;
const COME_BACK_MS = 6_000;
const AFTER_SALES = new Set(['pedido', 'entrega', 'financeiro', 'suporte']);
const after = messages.filter(({ subject }) => AFTER_SALES.has(subject));

/** The people who write: each in their own time, some twice, some again after the conversation was closed. */
export class Contacts {
  readonly #client: Client;
  readonly #channelId: string;
  readonly #random: Random;
  readonly #stage: Stage;
  readonly #run: string;
  readonly #onClose = new Map<string, () => void>();
  readonly #closed = new Set<string>();
  /** Every conversation that a message of this run has gone to, as the platform said. */
  readonly conversations = new Set<string>();

  /** `client` holds the channel's key. */
  constructor(client: Client, channelId: string, random: Random, stage: Stage) {
    this.#client = client;
    this.#channelId = channelId;
    this.#random = random;
    this.#stage = stage;
    // Not from the seed: the same day played again is other people.
    this.#run = String(Date.now() % 100_000_000);
  }

  /** Lets everybody write when their time comes. */
  begin(arrivals: readonly Arrival[]): void {
    arrivals.forEach(({ atMs }, index) => {
      const random = this.#random.fork(`contact ${index}`);
      this.#stage.begin(async () => {
        await this.#stage.until(atMs);
        await this.#live(index, random);
      });
    });
  }

  /** Contacts hear of nothing but answers; that it was closed they notice by the goodbye. */
  notice(event: LiveEvent): void {
    if (event.type !== 'conversation.closed') return;
    const conversation = textOf(event, 'conversationId');
    this.#closed.add(conversation);
    this.#onClose.get(conversation)?.();
  }

  async #live(index: number, random: Random): Promise<void> {
    const name = contactName(random);
    // No such area code exists, so nobody has this number.
    const contact = { externalId: `+5520${this.#run}${index}`, ...(name ? { name } : {}) };
    const first = random.pick(messages);
    const comesBack = random.chance(0.12);
    const conversation = await this.#write(contact, first.text, random);
    if (conversation === null) return;
    if (random.chance(0.3)) {
      await this.#stage.take(random.humanMs(SECOND_MESSAGE_MS));
      const same = messages.filter(({ subject }) => subject === subjectOf(first.text));
      await this.#write(contact, random.pick(same).text, random);
    }
    if (!comesBack) return;
    await this.#untilClosed(conversation);
    await this.#stage.take(random.humanMs(COME_BACK_MS));
    await this.#write(contact, random.pick(after).text, random);
  }

  async #untilClosed(conversation: string): Promise<void> {
    if (this.#closed.has(conversation)) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#onClose.set(conversation, resolve);
    const { over } = this.#stage;
    over.addEventListener('abort', () => reject(over.reason as Error), { once: true });
    await promise;
  }

  /** Delivers a message as a provider does: now and then twice, which must change nothing (R33). */
  async #write(contact: Contact, text: string, random: Random): Promise<string | null> {
    const body = { contact, message: { id: crypto.randomUUID(), text, sentAt: new Date().toISOString() } };
    const deliver = () => this.#client.call<Received>('POST', `/v1/channels/${this.#channelId}/messages`, body);
    const again = random.chance(0.04) ? sleep(random.between(0, 40)).then(deliver) : null;
    const answers = await Promise.all([deliver(), ...(again ? [again] : [])]);
    const received = answers.filter(({ ok }) => ok).map((answer) => answer.body);
    for (const { conversationId, messageId } of received) {
      this.conversations.add(conversationId);
      if (messageId === received[0]?.messageId) continue;
      this.#client.tally.unexpected('a message that was delivered twice became two');
    }
    return received[0]?.conversationId ?? null;
  }
}
