import { randomUUID } from 'node:crypto';
import type { Principal } from '../../../src/domain/access/principal.ts';
import type { RightsChange } from '../../../src/domain/access/rightsChange.ts';
import type { ConversationView, EventType } from '../../../src/domain/conversation/events.ts';
import type { ChannelId, ConversationId, SectorId, UserId } from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/database/repositories/principals.ts';
import type { EventGroup, StoredEvent } from '../../../src/api/live/log.ts';

/** Names that read well in a test and are of the kind that the code asks for. */
export const ana = 'ana' as UserId;
export const bruno = 'bruno' as UserId;
export const reception = 'reception' as SectorId;
export const finance = 'finance' as SectorId;
export const whatsapp = 'whatsapp' as ChannelId;
export const c1 = 'c1' as ConversationId;

export const at = new Date('2026-03-06T12:00:00.000Z');

/** A person, by default an agent of the reception. */
export const personWith = (rights: Partial<Principal> = {}): Person => ({
  userId: ana,
  role: 'agent',
  groupId: null,
  permissions: [],
  memberOf: [reception],
  supervises: [],
  hiddenChannels: [],
  clientGroups: [],
  name: 'Ana',
  isKey: false,
  email: 'ana@demo.example',
  createdAt: at,
  active: true,
  verified: true,
  available: true,
  defaultSectorId: null,
  selfAvailability: false,
  readAt: at,
  ...rights,
});

/** A conversation at a moment, by default open in the reception. */
export const view = (overrides: Partial<ConversationView> = {}): ConversationView => ({
  status: 'active',
  state: 'open',
  sectorId: reception,
  channelId: whatsapp,
  ownerId: null,
  designatedId: null,
  ...overrides,
});

interface StepOptions {
  readonly id?: ConversationId;
  readonly before: ConversationView | null;
  readonly after: ConversationView;
  /** The position of the first event. */
  readonly position?: number;
}

/** What one step did to a conversation. */
export function step(
  types: readonly [EventType, ...EventType[]],
  { id = c1, before, after, position = 10 }: StepOptions,
): EventGroup {
  const stepId = randomUUID();
  const events = types.map((type, index): StoredEvent => ({
    ...bare(type, position + index),
    conversationId: id,
    stepId,
    last: index === types.length - 1,
    before,
    after,
  }));
  return { position: position + types.length - 1, events: events as [StoredEvent, ...StoredEvent[]] };
}

/** An event without a conversation. */
export const single = (type: EventType, data: Record<string, unknown>, position = 10): EventGroup => ({
  position,
  events: [{ ...bare(type, position), data }],
});

export const rightsChanged = (change: RightsChange, position = 10): EventGroup =>
  single('rights.changed', { change }, position);

const bare = (type: EventType, position: number): StoredEvent => ({
  position,
  type,
  at,
  conversationId: null,
  stepId: randomUUID(),
  last: true,
  actor: { kind: 'system' },
  before: null,
  after: null,
  data: {},
});
