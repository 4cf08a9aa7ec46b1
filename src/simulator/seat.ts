import type { Client } from './client.ts';
import type { Company, Person } from './company.ts';
import { replies, subjectOf } from './data.ts';
import type { LiveEvent } from './eventStream.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';

/** Somebody of the company at their screen: who they are and what surrounds them. */
export interface Seat {
  readonly me: Person;
  readonly company: Company;
  readonly random: Random;
  readonly stage: Stage;
  /** Towards the end of the day people finish what they have. */
  readonly isLate: () => boolean;
}

const GREETINGS = new Set(['saudacao', 'outros', 'vaga', 'parceria']);

/** What a person does with a conversation, with the words that they use. */
export class Desk {
  readonly #client: Client;
  readonly #seat: Seat;

  constructor(seat: Seat) {
    this.#seat = seat;
    this.#client = seat.me.client;
  }

  /** Reads what the contact wrote. @returns whether the sales department has nothing to do with it */
  async read(conversation: string): Promise<{ readonly isOther: boolean }> {
    const answer = await this.#client.ask<{ items: { text: string; kind: string }[] }>(
      'GET',
      `/v1/conversations/${conversation}/messages?limit=200`,
    );
    // It may just have gone to somebody else.
    if (answer.status === 404) return { isOther: false };
    const text = answer.body.items.find(({ kind }) => kind === 'contact')?.text ?? '';
    return { isOther: GREETINGS.has(subjectOf(text)) };
  }

  accept = (conversation: string, offerId?: string) =>
    this.#command(conversation, 'accept', offerId ? { offerId } : {});

  decline = (conversation: string, offerId: string) =>
    this.#command(conversation, 'decline', { offerId, reason: this.#seat.random.pick(replies.declineReasons) });

  answer = (conversation: string) =>
    this.#command(conversation, 'messages', { text: this.#seat.random.pick(replies.answers) });

  sayGoodbye = (conversation: string) =>
    this.#command(conversation, 'messages', { text: this.#seat.random.pick(replies.closing) });

  return = (conversation: string) =>
    this.#command(conversation, 'return', { reason: this.#seat.random.pick(replies.returnReasons) });

  transferToSector = (conversation: string, sectorId: string) =>
    this.#command(conversation, 'transfer', { sectorId, note: this.#seat.random.pick(replies.transferNotes) });

  transferToPerson = (conversation: string, sectorId: string, userId: string) => {
    const fallback = this.#seat.random.chance(0.5) ? 'return-to-me' : 'queue';
    return this.#command(conversation, 'transfer', {
      sectorId,
      userId,
      fallback,
      note: this.#seat.random.pick(replies.transferNotes),
    });
  };

  /** Closes it with one of the outcomes named, each as often as its weight says. */
  close(conversation: string, sectorId: string, weights: Readonly<Record<string, number>>): Promise<boolean> {
    const outcomes = this.#seat.company.outcomes.get(sectorId) ?? new Map<string, string>();
    const known = Object.fromEntries(Object.entries(weights).filter(([name]) => outcomes.has(name)));
    const outcomeId =
      outcomes.size === 0 ? undefined : (outcomes.get(this.#seat.random.weighted(known)) ?? [...outcomes.values()][0]);
    return this.#command(conversation, 'close', { outcomeId });
  }

  /** Whether it was done; a 409 means that somebody or something was faster. */
  async #command(conversation: string, name: string, body: unknown): Promise<boolean> {
    return (await this.#client.call('POST', `/v1/conversations/${conversation}/${name}`, body)).ok;
  }
}

export const textOf = ({ data }: LiveEvent, member: string): string =>
  typeof data[member] === 'string' ? data[member] : '';
