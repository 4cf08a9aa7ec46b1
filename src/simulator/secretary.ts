import type { LiveEvent } from './eventStream.ts';
import { Desk, type Seat, textOf } from './seat.ts';

const OUTCOMES = { Resolvido: 55, Informação: 30, Engano: 15 };

const READ_MS = 800;
const ANSWER_MS = 900;

/** The secretary: everything is assigned to her at once, and she hands it on to the sales department by hand. */
export class Secretary {
  readonly #seat: Seat;
  readonly #desk: Desk;
  readonly #serving = new Set<string>();

  constructor(seat: Seat) {
    this.#seat = seat;
    this.#desk = new Desk(seat);
  }

  notice(event: LiveEvent): void {
    const conversation = textOf(event, 'conversationId');
    if (event.type === 'conversation.assigned' && textOf(event, 'ownerId') === this.#seat.me.id) {
      this.#begin(conversation, () => this.#serve(conversation));
    } else if (event.type === 'conversation.opened') {
      this.#begin(conversation, async () => {
        await this.#seat.stage.take(this.#seat.random.humanMs(READ_MS));
        await this.#desk.accept(conversation);
      });
    }
  }

  #begin(conversation: string, story: () => Promise<unknown>): void {
    if (this.#serving.has(conversation)) return;
    this.#serving.add(conversation);
    this.#seat.stage.begin(async () => {
      await story().finally(() => this.#serving.delete(conversation));
    });
  }

  async #serve(conversation: string): Promise<void> {
    const { random, stage, company } = this.#seat;
    const { isOther } = await this.#desk.read(conversation);
    await stage.take(random.humanMs(READ_MS));
    const handlesIt = this.#seat.isLate() || random.chance(isOther ? 0.4 : 0.08);
    if (handlesIt || random.chance(0.35)) {
      await this.#desk.answer(conversation);
      await stage.take(random.humanMs(ANSWER_MS));
    }
    if (handlesIt) await this.#desk.close(conversation, company.reception.id, OUTCOMES);
    else await this.#handOn(conversation);
  }

  /** Mostly to the queue of the sales department, now and then to the one who knows the contact. */
  async #handOn(conversation: string): Promise<void> {
    const { random, company } = this.#seat;
    if (random.chance(0.18)) {
      const person = random.pick(company.salespeople);
      if (await this.#desk.transferToPerson(conversation, company.sales.id, person.id)) return;
      // On a break, for instance: then whoever is next.
    }
    await this.#desk.transferToSector(conversation, company.sales.id);
  }
}
