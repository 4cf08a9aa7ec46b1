import { groupBy } from './property.ts';
import { applyStory, freshStory, type Story } from './story.ts';
import type { EventRow, Snapshot, View } from './snapshot.ts';

/** What the events so far say of one person. */
export interface Person {
  readonly id: string;
  readonly createdAt: number;
  readonly role: string;
  readonly capacity: number | null;
  readonly verified: boolean;
  active: boolean;
  available: boolean;
  /** Functions by sector. */
  readonly memberOf: Map<string, readonly string[]>;
  /** When one of these changed last. */
  changedAt: number;
  /** When a place of theirs was taken or freed last. */
  loadChangedAt: number;
}

/** The world as it was at one moment of the order of commits, told by events alone. */
export interface World {
  readonly people: Map<string, Person>;
  /** The list of agents of a channel; `null` or missing = none. */
  readonly lists: Map<string, readonly string[] | null>;
  readonly listChangedAt: Map<string, number>;
  readonly stories: Map<string, Story>;
  /** The conversations that a person holds, as offer or as owner: id and sector. */
  readonly held: Map<string, Map<string, string>>;
}

/** Gets each event before the world has taken it in. */
export type Visitor = (event: EventRow, world: World, story: Story | null) => void;

/**
 * Walks all events step by step in the order of commits, as far as locks give one: the ordinal is taken at the end of
 * a transaction, under the locks of the rows that it concerns. `afterStep` sees the world after each step.
 */
export function replay(
  snapshot: Snapshot,
  visit: Visitor,
  afterStep: (step: readonly EventRow[], world: World) => void = () => {},
): World {
  const world = beginning(snapshot);
  const ordered = snapshot.events.toSorted((a, b) => a.ordinal - b.ordinal);
  for (const step of groupBy(ordered, ({ stepId }) => stepId).values()) {
    for (const event of step) {
      const story = event.conversationId ? storyOf(world, event.conversationId) : null;
      visit(event, world, story);
      applyRights(world, event);
      if (story) applyStory(story, event);
    }
    for (const event of step) if (event.conversationId && event.after) hold(world, event);
    afterStep(step, world);
  }
  return world;
}

/** Who is neither member nor anything else yet; lists and roles that changed later are taken back. */
function beginning(snapshot: Snapshot): World {
  const people = new Map<string, Person>();
  for (const { id, createdAt, role, capacity, verified } of snapshot.users) {
    const unchanged = { active: true, available: true, changedAt: 0, loadChangedAt: 0 };
    people.set(id, { id, createdAt, role, capacity, verified, ...unchanged, memberOf: new Map() });
  }
  const lists = new Map<string, readonly string[] | null>(snapshot.channels.map(({ id, agentIds }) => [id, agentIds]));
  for (const event of snapshot.events.toSorted((a, b) => b.ordinal - a.ordinal)) {
    const change = changeOf(event);
    if (change?.kind === 'channel-list') lists.set(change.channelId, change.before);
  }
  return { people, lists, listChangedAt: new Map(), stories: new Map(), held: new Map() };
}

type Change =
  | {
      readonly kind: 'membership';
      readonly userId: string;
      readonly sectorId: string;
      readonly after: readonly string[] | null;
    }
  | { readonly kind: 'active'; readonly userId: string; readonly active: boolean }
  | {
      readonly kind: 'channel-list';
      readonly channelId: string;
      readonly before: readonly string[] | null;
      readonly after: readonly string[] | null;
    };

const changeOf = (event: EventRow): Change | null =>
  event.type === 'rights.changed' ? (event.data['change'] as Change) : null;

function applyRights(world: World, event: EventRow): void {
  const person = world.people.get(
    (changeOf(event) as { userId?: string } | null)?.userId ?? (event.data['userId'] as string),
  );
  const change = changeOf(event);
  if (event.type === 'user.availability_changed' && person) {
    person.available = event.data['available'] === true;
    person.changedAt = event.at;
  }
  if (change?.kind === 'channel-list') {
    world.lists.set(change.channelId, change.after);
    world.listChangedAt.set(change.channelId, event.at);
  }
  if (!person || !change) return;
  if (change.kind === 'active') person.active = change.active;
  if (change.kind === 'membership') {
    if (change.after) person.memberOf.set(change.sectorId, change.after);
    else person.memberOf.delete(change.sectorId);
  }
  person.changedAt = event.at;
}

function storyOf(world: World, id: string): Story {
  const known = world.stories.get(id);
  if (known) return known;
  const story = freshStory(id);
  world.stories.set(id, story);
  return story;
}

export const holderOf = (view: View | null): string | null =>
  view?.status === 'active' ? (view.ownerId ?? view.designatedId) : null;

function hold(world: World, event: EventRow): void {
  const story = storyOf(world, event.conversationId!);
  const before = holderOf(story.view);
  const after = holderOf(event.after);
  const moved = story.view?.sectorId !== event.after!.sectorId;
  story.view = event.after;
  if (before === after && !moved) return;
  for (const [holder, holds] of [
    [before, false],
    [after, true],
  ] as const) {
    if (!holder) continue;
    const held = world.held.get(holder) ?? new Map<string, string>();
    world.held.set(holder, held);
    if (holds) held.set(story.id, event.after!.sectorId);
    else held.delete(story.id);
    const person = world.people.get(holder);
    if (person) person.loadChangedAt = event.at;
  }
}

/** Why a person may not be offered a conversation of this sector and channel by R2, capacity left aside. */
export function ineligible(world: World, userId: string, sectorId: string, channelId: string): string | null {
  const person = world.people.get(userId);
  const functions = person?.memberOf.get(sectorId);
  if (!person || !functions) return 'not-a-member';
  if (!functions.includes('agent')) return 'supervisor-only';
  if (!person.active) return 'inactive';
  if (!person.verified) return 'unverified';
  if (!person.available) return 'unavailable';
  const list = world.lists.get(channelId) ?? null;
  return list && !list.includes(userId) ? 'not-in-channel' : null;
}

/** Whether the person's places are all taken, the conversation in question not counted. */
export function isFull(world: World, snapshot: Snapshot, userId: string, sectorId: string, except: string): boolean {
  const others = [...(world.held.get(userId) ?? [])].filter(([id]) => id !== except);
  const limit = snapshot.sectors.find(({ id }) => id === sectorId)?.capacity ?? null;
  const own = world.people.get(userId)?.capacity ?? null;
  return (
    (own !== null && others.length >= own) ||
    (limit !== null && others.filter(([, sector]) => sector === sectorId).length >= limit)
  );
}

/** R1. */
export const byCreation = (a: Person, b: Person): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);

export const membersOf = (world: World, sectorId: string): Person[] =>
  [...world.people.values()].filter((person) => person.memberOf.has(sectorId)).toSorted(byCreation);
