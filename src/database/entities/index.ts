import { Channel, ChannelKey, TicketCounter } from './channels.ts';
import { Contact, ContactNote, CustomField, Tag } from './contacts.ts';
import { AutoReplySent, Conversation, Message, Note, Offer } from './conversations.ts';
import { ContactImportRow, Job } from './jobs.ts';
import { AccountLink, LinkToken, Mail } from './mail.ts';
import { Organization } from './organization.ts';
import { Event, IdempotentAnswer, Installation, WakeUp } from './outbox.ts';
import { PermissionGroup, SectorMember, Session, SignInAttempt, User } from './people.ts';
import { LiveConnection } from './presence.ts';
import { AutomationRule, WebhookCall } from './rules.ts';
import { Outcome, RotationPointer, Sector, SectorHours } from './sectors.ts';

/** Every table of Rodízio. */
export const entities = [
  Organization,
  PermissionGroup,
  User,
  Session,
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
  Job,
  ContactImportRow,
] as const;
