import { z } from 'zod';

/** `active` is what the source systems call *aberta*. */
export const statuses = ['active', 'closed'] as const;
export type Status = (typeof statuses)[number];

/** The routing state of an active conversation; a closed one has none. */
export const routingStates = ['waiting', 'offered', 'open', 'assigned'] as const;
export type RoutingState = (typeof routingStates)[number];

/** Why a conversation waits. `null` beside `waiting` means: its distribution is due this moment. */
export const waitReasons = ['out-of-hours', 'no-capacity', 'manual'] as const;
export type WaitReason = (typeof waitReasons)[number];

export const openReasons = ['limit-reached', 'nobody-available', 'declined-by-all', 'response-timeout'] as const;
export type OpenReason = (typeof openReasons)[number];

export type StateReason = WaitReason | OpenReason;

/** How an offer ended. The reason says by which rule. */
export const offerEnds = ['accepted', 'declined', 'expired', 'revoked'] as const;
export type OfferEnd = (typeof offerEnds)[number];

/** R36: urgent conversations come first in the queue; the number is what the database sorts by. */
export const priorities = ['urgent', 'high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];
export const prioritySchema = z.enum(priorities);
export const priorityRank = (priority: Priority): number => priorities.indexOf(priority);
export const priorityOfRank = (rank: number): Priority => priorities[rank] ?? 'normal';
