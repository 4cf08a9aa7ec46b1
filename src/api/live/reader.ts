import {
  abilityOf,
  type AppAbility,
  conversationSubject,
  type DispatchAccess,
  dispatchSubject,
} from '../../domain/access/ability.ts';
import { isAdministrator, type Principal } from '../../domain/access/principal.ts';
import { applyRightsChange, changesPermissions, type RightsChange } from '../../domain/access/rightsChange.ts';
import type { ConversationView } from '../../domain/conversation/events.ts';
import type { ConversationId, SectorId, UserId } from '../../domain/ids.ts';
import type { Person } from '../../database/repositories/principals.ts';
import type { EventGroup, StoredEvent } from './log.ts';
import type { SightChange } from './sight.ts';

export interface StreamMessage {
  /** `<position>.<n>`: resuming after it goes on exactly behind it. */
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Presents conversations as they are now, with what the person may do; leaves out those that they may not see. */
export type PresentConversations = (
  person: Person,
  ids: readonly ConversationId[],
) => Promise<ReadonlyMap<ConversationId, object>>;

export interface ReaderDeps {
  readonly present: PresentConversations;
  /** The conversations whose sight changes at a position, between two sets of rights; always in the same order. */
  readonly sightChanges: (position: number, before: AppAbility, after: AppAbility) => Promise<readonly SightChange[]>;
}

const presentedAtOnce = 100;

/**
 * What one reader is told of the events. Two sets of rights are at work. Those at the event's place move on with the
 * `rights.changed` events: they alone say what the reader has been shown so far, so that it can be computed anew from
 * the log when the reader resumes. Those of now are ahead of them for a while after a change, and can only take away:
 * nothing is told on outdated rights, and what was gained is told at its own place, with `conversation.entered`.
 *
 * The numbers of a group's messages depend on the group only (m events): 0…m-1 the events, m-1 `conversation.hidden`,
 * m `conversation.entered`, m+1 the event after it. Of a change of rights: each change of sight, then `me.changed`. A
 * reader who resumes after any of them is told the rest.
 */
export class Reader {
  readonly #deps: ReaderDeps;
  #now: Person;
  #sees: AppAbility;
  #then: Principal;
  #saw: AppAbility;
  /** What the rights at this place would show, but those of now, or where the conversation is now, did not allow. */
  readonly #withheld = new Set<ConversationId>();

  constructor({ now, then, ...deps }: ReaderDeps & { readonly now: Person; readonly then: Principal }) {
    this.#deps = deps;
    this.#now = now;
    this.#sees = abilityOf(now, now);
    this.#then = then;
    this.#saw = then === now ? this.#sees : abilityOf(then, now);
  }

  get now(): Person {
    return this.#now;
  }

  /** From here on these are the rights of now. */
  update(now: Person): void {
    this.#now = now;
    this.#sees = abilityOf(now, now);
  }

  /**
   * The messages that come of the next group. `resumeAfter`: the number of the last message of this group that the
   * reader has got. When a dependency fails nothing has changed, and the same group can be asked for again.
   */
  async messages({ position, events }: EventGroup, resumeAfter = -1): Promise<StreamMessage[]> {
    const [event] = events;
    const id = (n: number) => `${position}.${n}`;
    if (event.conversationId) return this.#ofConversation(event.conversationId, events, resumeAfter, id);
    if (event.type === 'rights.changed') return this.#ofRights(event, resumeAfter, id);
    if (event.type.startsWith('dispatch.')) return resumeAfter < 0 ? this.#ofDispatch(event, id(0)) : [];
    return resumeAfter < 0 && this.#isForMe(event) ? [eventMessage(id(0), event)] : [];
  }

  async #ofConversation(
    conversation: ConversationId,
    events: EventGroup['events'],
    resumeAfter: number,
    id: (n: number) => string,
  ): Promise<StreamMessage[]> {
    const size = events.length;
    const last = events[size - 1]!;
    const [{ before }] = events;
    const saw = canRead(this.#saw, before) && !this.#withheld.has(conversation);
    const byRights = canRead(this.#saw, last.after);
    const sees = byRights && canRead(this.#sees, last.after);
    const all = events.map((event, n) => eventMessage(id(n), event));
    const hidden = (n: number) => [hiddenMessage(id(n), conversation)];

    let messages: StreamMessage[] = [];
    let shown = sees;
    if (resumeAfter >= 0) {
      if (resumeAfter < size - 1) messages = sees ? all.slice(resumeAfter + 1) : hidden(size - 1);
      else if (resumeAfter === size) messages = sees ? [eventMessage(id(size + 1), last)] : hidden(size + 1);
      else return [];
    } else if (sees && (saw || before === null)) messages = all;
    else if (saw) messages = hidden(size - 1);
    else if (sees) {
      const present = await this.#present([conversation]);
      // It has moved on to where the reader cannot follow: later events would only take it away again.
      shown = present.has(conversation);
      if (shown) messages = [enteredMessage(id(size), conversation, present), eventMessage(id(size + 1), last)];
    }
    this.#withhold(conversation, byRights && !shown);
    return messages;
  }

  async #ofRights(event: StoredEvent, resumeAfter: number, id: (n: number) => string): Promise<StreamMessage[]> {
    const change = event.data['change'] as RightsChange;
    const then = applyRightsChange(this.#then, change);
    const isMine = changesPermissions(change, this.#now);
    const mine = (n: number) => (isMine && n > resumeAfter ? [meChangedMessage(id(n), event)] : []);
    if (then === this.#then) return mine(0);
    const saw = abilityOf(then, this.#now);
    const changes = await this.#deps.sightChanges(event.position, this.#saw, saw);
    const isTold = ({ id, gained }: SightChange, n: number) => n <= resumeAfter || (!gained && this.#withheld.has(id));
    const present = await this.#present(
      changes.filter((change, n) => change.gained && !isTold(change, n)).map((change) => change.id),
    );
    const messages = changes.flatMap((change, n) => {
      if (isTold(change, n)) return [];
      if (!change.gained) return [hiddenMessage(id(n), change.id)];
      return present.has(change.id) ? [enteredMessage(id(n), change.id, present)] : [];
    });
    changes.forEach((change, n) =>
      this.#withhold(change.id, change.gained && !isTold(change, n) && !present.has(change.id)),
    );
    this.#then = then;
    this.#saw = saw;
    return [...messages, ...mine(changes.length)];
  }

  /** By the rights of now: whoever may not see the dispatch after the step, but could before, learns only that. */
  #ofDispatch(event: StoredEvent, id: string): StreamMessage[] {
    const { access, ...data } = event.data as { access: { before: DispatchAccess | null; after: DispatchAccess } };
    const sees = (view: DispatchAccess | null) => view !== null && this.#sees.can('read', dispatchSubject(view));
    if (sees(access.after)) return [eventMessage(id, { ...event, data })];
    return sees(access.before) ? [hiddenDispatchMessage(id, event.data['dispatchId'])] : [];
  }

  #withhold(conversation: ConversationId, withheld: boolean): void {
    if (withheld) this.#withheld.add(conversation);
    else this.#withheld.delete(conversation);
  }

  async #present(ids: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, object>> {
    const presented = new Map<ConversationId, object>();
    for (let from = 0; from < ids.length; from += presentedAtOnce) {
      for (const [id, shown] of await this.#deps.present(this.#now, ids.slice(from, from + presentedAtOnce)))
        presented.set(id, shown);
    }
    return presented;
  }

  /** Events without a conversation: to administrators, and to those who share the sector or are the user. */
  #isForMe({ type, data }: StoredEvent): boolean {
    if (isAdministrator(this.#now)) return true;
    const mine = (sector: SectorId) => this.#now.memberOf.includes(sector);
    if (type === 'user.availability_changed') {
      return (data['userId'] as UserId) === this.#now.userId || ((data['sectorIds'] ?? []) as SectorId[]).some(mine);
    }
    return type.startsWith('sector.') && mine(data['sectorId'] as SectorId);
  }
}

const canRead = (ability: AppAbility, view: ConversationView | null): boolean =>
  view !== null && ability.can('read', conversationSubject(view));

const eventMessage = (id: string, { type, at, conversationId, data, actor }: StoredEvent): StreamMessage => ({
  id,
  type,
  data: { ...data, type, at: at.toISOString(), ...(conversationId ? { conversationId } : {}), actor },
});

const hiddenMessage = (id: string, conversationId: ConversationId): StreamMessage => ({
  id,
  type: 'conversation.hidden',
  data: { type: 'conversation.hidden', id: conversationId, conversationId },
});

const hiddenDispatchMessage = (id: string, dispatchId: unknown): StreamMessage => ({
  id,
  type: 'dispatch.hidden',
  data: { type: 'dispatch.hidden', id: dispatchId, dispatchId },
});

/** Without content: the reader asks `GET /v1/me`. */
const meChangedMessage = (id: string, { at }: StoredEvent): StreamMessage => ({
  id,
  type: 'me.changed',
  data: { type: 'me.changed', at: at.toISOString() },
});

const enteredMessage = (
  id: string,
  conversationId: ConversationId,
  present: ReadonlyMap<ConversationId, object>,
): StreamMessage => ({
  id,
  type: 'conversation.entered',
  data: { type: 'conversation.entered', id: conversationId, conversationId, conversation: present.get(conversationId) },
});
