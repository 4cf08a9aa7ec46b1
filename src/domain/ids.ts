import { v7 } from 'uuid';
import { z } from 'zod';

/**
 * Every id is a UUID (version 7: sortable by the moment of creation) with a brand, so that a user's id cannot be
 * passed where a sector's is wanted.
 */
const id = <B extends string>(_brand: B) => z.uuid().brand<B>();

export const organizationId = id('OrganizationId');
export const userId = id('UserId');
export const sectorId = id('SectorId');
export const channelId = id('ChannelId');
export const clientGroupId = id('ClientGroupId');
export const dispatchId = id('DispatchId');
export const contactId = id('ContactId');
export const clientId = id('ClientId');
export const conversationId = id('ConversationId');
export const offerId = id('OfferId');
export const messageId = id('MessageId');
export const outcomeId = id('OutcomeId');
export const ruleId = id('RuleId');
export const webhookCallId = id('WebhookCallId');
export const permissionGroupId = id('PermissionGroupId');
export const sessionId = id('SessionId');
export const keyId = id('KeyId');
export const contactNoteId = id('ContactNoteId');
export const tagId = id('TagId');
export const customFieldId = id('CustomFieldId');
export const savedFilterId = id('SavedFilterId');
export const variableId = id('VariableId');
export const mailId = id('MailId');
export const jobId = id('JobId');

export type OrganizationId = z.infer<typeof organizationId>;
export type UserId = z.infer<typeof userId>;
export type SectorId = z.infer<typeof sectorId>;
export type ChannelId = z.infer<typeof channelId>;
export type ClientGroupId = z.infer<typeof clientGroupId>;
export type DispatchId = z.infer<typeof dispatchId>;
export type ContactId = z.infer<typeof contactId>;
export type ClientId = z.infer<typeof clientId>;
export type ConversationId = z.infer<typeof conversationId>;
export type OfferId = z.infer<typeof offerId>;
export type MessageId = z.infer<typeof messageId>;
export type OutcomeId = z.infer<typeof outcomeId>;
export type RuleId = z.infer<typeof ruleId>;
export type WebhookCallId = z.infer<typeof webhookCallId>;
export type PermissionGroupId = z.infer<typeof permissionGroupId>;
export type SessionId = z.infer<typeof sessionId>;
export type KeyId = z.infer<typeof keyId>;
export type ContactNoteId = z.infer<typeof contactNoteId>;
export type TagId = z.infer<typeof tagId>;
export type CustomFieldId = z.infer<typeof customFieldId>;
export type SavedFilterId = z.infer<typeof savedFilterId>;
export type VariableId = z.infer<typeof variableId>;
export type MailId = z.infer<typeof mailId>;
export type JobId = z.infer<typeof jobId>;
/** Known inside only: people hold the link's token. */
export type LinkId = string & z.$brand<'LinkId'>;

/** A fresh id of the kind that the caller names: `newId<UserId>()`. */
export const newId = <T extends string>(): T => v7() as T;
