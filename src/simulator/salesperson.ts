import type { LiveEvent } from './eventStream.ts';
import { Screen } from './screen.ts';
import { Desk, type Seat, textOf } from './seat.ts';

const OUTCOMES = { 'Venda realizada': 38, 'Orçamento enviado': 24, Resolvido: 20, 'Sem interesse': 12, Engano: 6 };

/** How long things take, in ms of a day of three minutes. */
const NOTICE_MS = 1_300;
const DECLINE_MS = 900;
const TAKE_OPEN_MS = 1_600;
const ANSWER_MS = 1_500;
const TALK_MS = 3_200;

/** A salesperson: lives on the events of their own stream and asks for nothing else. */
export class Salesperson {
  readonly #seat: Seat;
  readonly #desk: Desk;
  readonly #screen: Screen;
  readonly #serving = new Set<string>();
  readonly #wroteAgain = new Set<string>();
  #away = false;

  constructor(seat: Seat) {
    this.#seat = seat;
    this.#desk = new Desk(seat);
    this.#screen = new Screen(seat.stage);
  }

  notice(event: LiveEvent): void {
    const conversation = textOf(event, 'conversationId');
    const me = this.#seat.me.id;
    switch (event.type) {
      case 'conversation.offered':
        if (textOf(event, 'agentId') === me)
          this.#screen.look(conversation, (gone) => this.#decide(conversation, textOf(event, 'offerId'), gone));
        break;
      case 'conversation.opened':
        if (!this.#away) this.#screen.look(conversation, (gone) => this.#takeOpen(conversation, gone));
        break;
      case 'conversation.assigned':
        this.#screen.turnAway(conversation);
        if (textOf(event, 'ownerId') === me && !this.#serving.has(conversation))
          this.#seat.stage.begin(() => this.#serve(conversation));
        break;
      case 'message.received':
        if (this.#serving.has(conversation)) this.#wroteAgain.add(conversation);
        break;
      case 'user.availability_changed':
        if (textOf(event, 'userId') === me) this.#away = event.data['available'] !== true;
        break;
      case 'conversation.hidden':
      case 'conversation.closed':
      case 'conversation.transferred':
      case 'conversation.offer_expired':
      case 'conversation.offer_revoked':
        this.#screen.turnAway(conversation);
        break;
    }
  }

  async #decide(conversation: string, offerId: string, gone: AbortSignal): Promise<void> {
    const { random, stage } = this.#seat;
    switch (random.weighted({ accept: 70, answer: 6, decline: 11, miss: 13 })) {
      case 'accept':
        await stage.take(random.humanMs(NOTICE_MS), gone);
        await this.#desk.accept(conversation, offerId);
        break;
      case 'answer':
        // Writing without accepting first accepts in the same step.
        await stage.take(random.humanMs(NOTICE_MS), gone);
        await this.#desk.answer(conversation);
        break;
      case 'decline':
        await stage.take(random.humanMs(DECLINE_MS), gone);
        await this.#desk.decline(conversation, offerId);
        break;
      case 'miss':
        break;
    }
  }

  async #takeOpen(conversation: string, gone: AbortSignal): Promise<void> {
    const { random, stage } = this.#seat;
    await stage.take(random.humanMs(TAKE_OPEN_MS), gone);
    await this.#desk.accept(conversation);
  }

  async #serve(conversation: string): Promise<void> {
    this.#serving.add(conversation);
    try {
      await this.#talk(conversation);
      await this.#finish(conversation);
    } finally {
      this.#serving.delete(conversation);
      this.#wroteAgain.delete(conversation);
    }
  }

  async #talk(conversation: string): Promise<void> {
    const { random, stage } = this.#seat;
    await this.#desk.read(conversation);
    do {
      this.#wroteAgain.delete(conversation);
      await stage.take(random.humanMs(ANSWER_MS));
      await this.#desk.answer(conversation);
      await stage.take(random.humanMs(this.#seat.isLate() ? TALK_MS / 3 : TALK_MS));
    } while (this.#wroteAgain.has(conversation) && random.chance(0.7));
  }

  async #finish(conversation: string): Promise<void> {
    const { random } = this.#seat;
    switch (this.#seat.isLate() ? 'close' : random.weighted({ close: 82, colleague: 7, return: 7, reception: 4 })) {
      case 'close':
        return await this.#close(conversation);
      case 'colleague':
        return await this.#toColleague(conversation);
      case 'return':
        await this.#desk.return(conversation);
        return;
      case 'reception':
        await this.#desk.transferToSector(conversation, this.#seat.company.reception.id);
    }
  }

  async #close(conversation: string): Promise<void> {
    if (this.#seat.random.chance(0.5)) await this.#desk.sayGoodbye(conversation);
    await this.#desk.close(conversation, this.#seat.company.sales.id, OUTCOMES);
  }

  /** A colleague who is on a break cannot be offered it: then one finishes it oneself. */
  async #toColleague(conversation: string): Promise<void> {
    const { random, company, me } = this.#seat;
    const colleague = random.pick(company.salespeople.filter(({ id }) => id !== me.id));
    if (!(await this.#desk.transferToPerson(conversation, company.sales.id, colleague.id)))
      await this.#close(conversation);
  }
}
