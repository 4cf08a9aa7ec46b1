import { randomUUID } from 'node:crypto';
import { type ContactId, type ConversationId, newId, type OfferId, type UserId } from '../../../src/domain/ids.ts';
import { freshDistribution } from '../../../src/domain/routing/distribution.ts';
import type { Contact } from '../../../src/database/entities/contacts.ts';
import type { Conversation, Offer } from '../../../src/database/entities/conversations.ts';
import { receiveMessage } from '../../../src/database/steps/receiveMessage.ts';
import { transact } from '../../../src/database/transact.ts';
import type { Platform } from '../../../src/database/unit.ts';
import { laterThanTheLast, queries, type Row, unique } from './rows.ts';
import type { BuiltChannel } from './sectors.ts';

/** A contact who wrote nothing yet. */
export async function createContact(
  platform: Platform,
  overrides: Partial<Row<typeof Contact>> = {},
): Promise<Row<typeof Contact>> {
  const contact: Row<typeof Contact> = {
    id: newId<ContactId>(),
    namespace: 'phone',
    externalId: unique('+55119'),
    name: unique('Maria'),
    nameGiven: false,
    email: null,
    origin: null,
    source: 'channel',
    tags: [],
    customFields: {},
    clientId: null,
    ownerId: null,
    ownerSince: null,
    createdById: null,
    createdAt: laterThanTheLast(),
    updatedAt: null,
    forgottenAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('contact').values(contact).execute();
  return contact;
}

/** A contact who writes on the channel: the real step, then the columns that the test wants otherwise. */
export async function createConversation(
  platform: Platform,
  channel: BuiltChannel,
  overrides: Partial<Row<typeof Conversation>> = {},
): Promise<ConversationId> {
  const { conversationId } = await transact(platform, (unit) =>
    receiveMessage(
      unit,
      {
        id: channel.id,
        slug: channel.slug,
        kind: channel.kind,
        sectorId: channel.sectorId,
        agentIds: channel.agentIds ?? null,
      },
      { contact: { externalId: unique('+55119'), name: 'Maria' }, message: { id: randomUUID(), text: 'Olá' } },
    ),
  );
  if (Object.keys(overrides).length > 0) {
    await queries(platform).updateTable('conversation').set(overrides).where('id', '=', conversationId).execute();
  }
  return conversationId;
}

/** A conversation that this user owns. */
export const createOwned = (
  platform: Platform,
  channel: BuiltChannel,
  owner: { readonly id: UserId },
  overrides: Partial<Row<typeof Conversation>> = {},
): Promise<ConversationId> =>
  createConversation(platform, channel, {
    state: 'assigned',
    reason: null,
    ownerId: owner.id,
    lastOwnerId: owner.id,
    ...overrides,
  });

/** A conversation that is offered to this user, with its live offer. */
export async function createOffered(
  platform: Platform,
  channel: BuiltChannel,
  agent: { readonly id: UserId },
  overrides: Partial<Row<typeof Offer>> = {},
): Promise<{ conversationId: ConversationId; offerId: OfferId }> {
  const startedAt = new Date();
  const distribution = { ...freshDistribution(1), startedAt: startedAt.toISOString() };
  const conversationId = await createConversation(platform, channel, {
    state: 'offered',
    reason: null,
    designatedId: agent.id,
    offersMade: 1,
    distribution,
  });
  const offer: Row<typeof Offer> = {
    id: newId<OfferId>(),
    conversationId,
    number: 1,
    agentId: agent.id,
    sectorId: channel.sectorId,
    distributionNumber: 1,
    round: 1,
    direct: false,
    fromPointer: true,
    startedAt,
    timeoutMs: 600_000,
    expiresAt: new Date(startedAt.getTime() + 600_000),
    endedAt: null,
    end: null,
    endReason: null,
    decision: {
      considered: [{ userId: agent.id, outcome: 'offered' }],
      pointerBefore: null,
      pointerAfter: null,
      scope: 'all',
      round: 1,
      direct: null,
      settings: {
        mode: 'sequential',
        offerTimeoutMs: 600_000,
        distributionLimitMs: 1_800_000,
        overflow: true,
        capacity: null,
        cherryPicking: true,
      },
      limitAt: null,
    },
    ...overrides,
  };
  await queries(platform).insertInto('offer').values(offer).execute();
  return { conversationId, offerId: offer.id };
}
