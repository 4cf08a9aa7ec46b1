import { Audit } from './audit.ts';
import { Channel, ChannelKey, TicketCounter } from './channels.ts';
import { Contact, ContactNote, CustomField, Tag } from './contacts.ts';
import { Dispatch } from './dispatches.ts';
import { Client, ClientGroup, ClientGroupMember } from './groups.ts';
import { AutoReplySent, Conversation, Message, Note, Offer } from './conversations.ts';
import { ContactImportRow, Job } from './jobs.ts';
import { AccountLink, LinkToken, Mail } from './mail.ts';
import { MessageCount, MessageWarning, Organization } from './organization.ts';
import { Event, IdempotentAnswer, Installation, WakeUp } from './outbox.ts';
import { ApiKey, PermissionGroup, SectorMember, Session, SignInAttempt, User } from './people.ts';
import { LiveConnection } from './presence.ts';
import { AutomationRule, WebhookCall } from './rules.ts';
import { Variable } from './variables.ts';
import { SavedFilter } from './savedFilters.ts';
import { Outcome, RotationPointer, Sector, SectorHours } from './sectors.ts';

/** Every table of Rodízio. */
export const entities = [
  Audit,
  Organization,
  MessageCount,
  MessageWarning,
  PermissionGroup,
  User,
  Session,
  ApiKey,
  SignInAttempt,
  AccountLink,
  LinkToken,
  Mail,
  Sector,
  SectorHours,
  SectorMember,
  RotationPointer,
  Outcome,
  Channel,
  ChannelKey,
  TicketCounter,
  Contact,
  ContactNote,
  Tag,
  CustomField,
  Variable,
  SavedFilter,
  Conversation,
  Offer,
  Message,
  Note,
  AutoReplySent,
  Event,
  WakeUp,
  IdempotentAnswer,
  Installation,
  AutomationRule,
  WebhookCall,
  LiveConnection,
  ClientGroup,
  ClientGroupMember,
  Client,
  Dispatch,
  Job,
  ContactImportRow,
] as const;
