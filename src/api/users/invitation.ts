import type { MailState } from '../../domain/access/mail.ts';

/** Where an invitation stands: on its way, in the mailbox, refused by the mail server, too old, or taken back. */
export const invitationStates = ['waiting', 'sent', 'failed', 'expired', 'withdrawn'] as const;
type InvitationState = (typeof invitationStates)[number];

/** The last invitation of a user, as it is stored; times are texts of PostgreSQL. */
export interface InvitationRow {
  readonly revoked: boolean;
  readonly expired: boolean;
  readonly expiresAt: string | null;
  readonly mailState: MailState;
  readonly reason: string | null;
  readonly sentAt: string | null;
}

export const presentInvitation = (invitation: InvitationRow) => ({
  state: stateOf(invitation),
  reason: invitation.reason,
  sentAt: iso(invitation.sentAt),
  expiresAt: invitation.mailState === 'sent' ? iso(invitation.expiresAt) : null,
});

function stateOf({ revoked, expired, mailState }: InvitationRow): InvitationState {
  if (revoked || mailState === 'dropped') return 'withdrawn';
  if (mailState === 'sent' && expired) return 'expired';
  return mailState;
}

const iso = (time: string | null): string | null => (time === null ? null : new Date(time).toISOString());
