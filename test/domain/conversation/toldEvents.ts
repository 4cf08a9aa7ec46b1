import type { EventType } from '../../../src/domain/conversation/events.ts';
import type { Actor } from '../../../src/domain/conversation/explain.ts';
import type { ToldEvent } from '../../../src/domain/conversation/words.ts';
import type { UserId } from '../../../src/domain/ids.ts';

const names: Readonly<Record<string, string>> = {
  ana: 'Ana',
  bruno: 'Bruno',
  support: 'Suporte',
  sales: 'Vendas',
  rule: 'Tudo',
  done: 'Resolvido',
};
export const nameOf = (id: string) => names[id] ?? null;
const ana: Actor = { kind: 'user', id: 'ana' as UserId };
export const system: Actor = { kind: 'system' };
const contact: Actor = { kind: 'contact' };

/** Each event as steps store it, and the sentence that it is told by. */
export const toldEvents: [EventType, Actor, ToldEvent['data'], string, Partial<ToldEvent>?][] = [
  [
    'conversation.created',
    contact,
    { sectorId: 'support', because: 'channel' },
    'The contact began a conversation in Suporte: the channel leads there.',
  ],
  [
    'conversation.created',
    { kind: 'rule', id: 'rule' },
    { sectorId: 'support', because: 'rule', ruleId: 'rule', failedRules: ['x'] },
    'The contact began a conversation in Suporte: the rule “Tudo” says so. 1 stored rule(s) could not run, because they are no longer valid.',
  ],
  [
    'conversation.created',
    contact,
    { sectorId: 'support', because: 'previous-conversation', first: { agentId: 'ana', because: 'last-owner' } },
    'The contact began a conversation in Suporte: the contact’s last conversation, closed a short time ago, was there. Tried first: Ana, who had the contact’s last conversation.',
  ],
  [
    'conversation.created',
    contact,
    {
      sectorId: 'sales',
      because: 'portfolio',
      first: { agentId: 'bruno', because: 'portfolio' },
      next: [{ agentId: 'ana', because: 'last-owner' }],
    },
    'The contact began a conversation in Vendas: it is the default sector of the person who looks after the contact. Tried first: Bruno, who looks after the contact; then Ana, who had the contact’s last conversation.',
  ],
  ['conversation.queued', system, { reason: null }, 'Came into the queue of Suporte.'],
  ['conversation.queued', system, { reason: 'out-of-hours' }, 'Waits in the queue of Suporte until the sector opens.'],
  [
    'conversation.queued',
    system,
    { passedOver: [{ userId: 'ana', outcome: 'unavailable' }], direct: 'last-owner' },
    'The person to be tried first was passed over: Ana is not available.',
  ],
  [
    'conversation.queued',
    system,
    { passedOver: [] },
    'The person to be tried first was passed over: the person is no longer a member of the sector.',
  ],
  [
    'conversation.queued',
    system,
    { passedOver: [], direct: 'portfolio', agentId: 'ana' },
    'The person to be tried first was passed over: Ana is not a member of the sector.',
  ],
  [
    'conversation.offered',
    system,
    { agentId: 'ana', number: 3, round: 2, direct: null },
    'Offered to Ana, the next in the rotation who could have it (offer 3, round 2).',
  ],
  [
    'conversation.offered',
    system,
    { agentId: 'ana', number: 1, round: 1, direct: 'transfer' },
    'Offered to Ana, as the transfer asked (offer 1, round 1).',
  ],
  [
    'conversation.offer_expired',
    system,
    { agentId: 'ana', reason: 'timeout' },
    'Ana did not accept in time; the offer ended.',
  ],
  ['conversation.offer_declined', ana, { agentId: 'ana' }, 'Ana declined the offer. “almoço”', { note: 'almoço' }],
  [
    'conversation.offer_revoked',
    system,
    { agentId: 'ana', reason: 'limit' },
    'The offer to Ana was withdrawn: the time limit of the distribution was reached.',
  ],
  [
    'conversation.offer_revoked',
    system,
    { agentId: 'ana', reason: 'left-sector' },
    'The offer to Ana was withdrawn: Ana is no longer a member of the sector.',
  ],
  [
    'conversation.opened',
    system,
    { reason: 'declined-by-all' },
    'Open to every member of Suporte: everyone who could have it declined.',
  ],
  ['conversation.assigned', ana, { ownerId: 'ana', how: 'accepted' }, 'Ana accepted and is the owner.'],
  [
    'conversation.assigned',
    ana,
    { ownerId: 'ana', how: 'accepted', because: 'default-sector', fromSectorId: 'support', sectorId: 'sales' },
    'Ana accepted and is the owner. It moved to Vendas, the default sector of Ana.',
  ],
  [
    'conversation.assigned',
    system,
    { ownerId: 'ana', how: 'automatic' },
    'Assigned to Ana, the next in the rotation who could have it: Suporte assigns automatically.',
  ],
  [
    'conversation.assigned',
    system,
    { ownerId: 'ana', how: 'automatic', decision: { direct: 'portfolio' } },
    'Assigned to Ana, who looks after the contact.',
  ],
  [
    'conversation.assigned',
    system,
    { ownerId: 'ana', how: 'returned-to-sender' },
    'Back with Ana, who had sent it: the direct offer was not accepted.',
  ],
  ['conversation.assigned', ana, { ownerId: 'bruno', how: 'transferred' }, 'Assigned to Bruno by the transfer of Ana.'],
  [
    'conversation.transferred',
    ana,
    { fromSectorId: 'support', sectorId: 'sales', targetId: null },
    'Ana transferred it from Suporte to Vendas. “comprar”',
    { note: 'comprar' },
  ],
  [
    'conversation.transferred',
    ana,
    { fromSectorId: 'support', sectorId: 'sales', targetId: 'bruno', assign: false },
    'Ana transferred it to Bruno in Vendas, by a direct offer.',
  ],
  [
    'conversation.transferred',
    ana,
    { fromSectorId: 'support', sectorId: 'sales', targetId: 'bruno', assign: true },
    'Ana transferred it to Bruno in Vendas, assigning it at once.',
  ],
  ['conversation.returned', ana, { by: 'ana' }, 'Ana returned it to the queue of Suporte. “turno”', { note: 'turno' }],
  ['conversation.returned', ana, { by: 'bruno' }, 'Ana took it from Bruno and put it back into the queue of Suporte.'],
  [
    'conversation.returned',
    system,
    { by: 'ana', reason: 'direct-offer-ended' },
    'Back in the queue of Suporte: the direct offer was not accepted, and Ana, who sent it, is no longer a member.',
  ],
  ['conversation.closed', ana, { outcomeId: 'done' }, 'Ana closed it with the outcome “Resolvido”.'],
  ['conversation.closed', ana, { outcomeId: null }, 'Ana closed it.'],
  [
    'conversation.updated',
    ana,
    { changed: ['priority', 'tags'], priority: { from: 'normal', to: 'urgent' } },
    'Ana changed the priority from normal to urgent and the tags.',
  ],
  [
    'conversation.updated',
    { kind: 'rule', id: 'rule' },
    { changed: ['tags', 'clientId'] },
    'The rule “Tudo” changed the tags and the client account.',
  ],
  [
    'conversation.transferred',
    { kind: 'rule', id: 'rule' },
    { fromSectorId: 'support', sectorId: 'sales', targetId: null },
    'The rule “Tudo” transferred it from Suporte to Vendas.',
  ],
  [
    'conversation.automated',
    { kind: 'rule', id: 'rule' },
    { event: 'message.received', calls: 1, skipped: [{ kind: 'assign-to-sector', because: 'owned' }] },
    'The rule “Tudo” ran, because the contact wrote: it makes a call; it did not move it, because somebody owns the conversation.',
  ],
  [
    'conversation.automated',
    { kind: 'rule', id: 'rule' },
    { failure: 'sector-gone' },
    'The rule “Tudo” could not send it on: the sector is gone.',
  ],
  [
    'conversation.response_overdue',
    system,
    { ownerId: 'ana' },
    'Ana left the contact without an answer for too long; the supervisors are told.',
  ],
  [
    'conversation.returned',
    system,
    { by: 'ana', because: 'response-timeout' },
    'Back in the queue of Suporte: Ana left the contact without an answer for too long.',
  ],
  [
    'conversation.returned',
    system,
    { by: 'ana', because: 'owner-absent' },
    'Back in the queue of Suporte: Ana was gone for too long when the contact wrote.',
  ],
  ['message.sent', { kind: 'rule', id: 'rule' }, { kind: 'rule' }, 'The rule “Tudo” sent a message.'],
  ['message.received', contact, {}, 'The contact wrote.'],
  ['message.sent', ana, { kind: 'answer' }, 'Ana answered.'],
  ['message.sent', system, { kind: 'auto-reply' }, 'The automatic reply went out: Suporte is closed.'],
  ['message.sent', system, { kind: 'direction' }, 'The direction message of Suporte went out.'],
  ['message.failed', system, {}, 'A message to the contact could not be delivered.'],
  [
    'message.withheld',
    system,
    { kind: 'direction', because: 'message-limit' },
    'The direction message did not go out: the organisation has sent all the messages that it allows in this month.',
  ],
  [
    'organization.message_limit_near',
    system,
    { month: '2026-11', used: 80, messagesPerMonth: 100 },
    'Most of the messages that the organisation allows in 2026-11 have been sent.',
  ],
  ['user.availability_changed', ana, { userId: 'bruno', available: false }, 'Ana set Bruno not available.'],
  ['sector.opened', system, { sectorId: 'support' }, 'Suporte opened.'],
  ['sector.closed', system, { sectorId: 'support' }, 'Suporte closed.'],
  ['sector.rotation_moved', system, { sectorId: 'support', next: 'ana' }, 'The arrow of Suporte moved on to Ana.'],
  ['rights.changed', ana, { userId: 'bruno' }, 'The rights of Bruno changed.'],
];
