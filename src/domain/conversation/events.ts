import type { ConversationAccess } from '../access/ability.ts';

/** The events of the live stream (API contract), and `rights.changed`, which the stream itself follows. */
export const eventTypes = [
  'conversation.created',
  'conversation.queued',
  'conversation.offered',
  'conversation.offer_expired',
  'conversation.offer_declined',
  'conversation.offer_revoked',
  'conversation.opened',
  'conversation.assigned',
  'conversation.transferred',
  'conversation.returned',
  'conversation.closed',
  'conversation.updated',
  'conversation.automated',
  'conversation.response_overdue',
  'message.received',
  'message.sent',
  'message.failed',
  'message.withheld',
  'user.availability_changed',
  'sector.opened',
  'sector.closed',
  'sector.rotation_moved',
  'dispatch.opened',
  'dispatch.changed',
  'dispatch.responsible_changed',
  'dispatch.reminded',
  'dispatch.overdue',
  'organization.message_limit_near',
  'rights.changed',
] as const;
export type EventType = (typeof eventTypes)[number];

/**
 * What the stream makes of them for one reader: who loses or gains sight of a conversation, or may do something more or
 * less (`me.changed`).
 */
export const streamOnlyTypes = [
  'conversation.hidden',
  'conversation.entered',
  'me.changed',
  'dispatch.hidden',
  'reset',
] as const;

/** The access columns of a conversation at a moment, stored with each event: who could see it then. */
export type ConversationView = ConversationAccess;
