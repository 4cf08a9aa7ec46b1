import { Refusal, type RefusalCode } from '../domain/errors.ts';

/** Each refusal's HTTP status and title: the one table from error to answer (RFC 9457). */
export const problems: Record<RefusalCode, { readonly status: number; readonly title: string }> = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  'invalid-credentials': { status: 401, title: 'E-mail or password is wrong' },
  forbidden: { status: 403, title: 'Not permitted' },
  'not-found': { status: 404, title: 'Not found' },
  'already-assigned': { status: 409, title: 'Already assigned' },
  'offer-expired': { status: 409, title: 'The offer has ended' },
  'at-capacity': { status: 409, title: 'At capacity' },
  'not-takeable': { status: 409, title: 'Not to be taken now' },
  'not-owner': { status: 409, title: 'Not the owner' },
  'conversation-closed': { status: 409, title: 'The conversation is closed' },
  'sector-archived': { status: 409, title: 'The sector is archived' },
  'sector-in-use': { status: 409, title: 'The sector is in use' },
  'channel-in-use': { status: 409, title: 'The channel is in use' },
  'email-taken': { status: 409, title: 'The e-mail address is taken' },
  'name-taken': { status: 409, title: 'The name is taken' },
  'contact-exists': { status: 409, title: 'The contact exists already' },
  'contact-active': { status: 409, title: 'A conversation of the contact is active' },
  'target-not-eligible': { status: 409, title: 'The person cannot take it' },
  'last-administrator': { status: 409, title: 'The last administrator stays' },
  'built-in-group': { status: 409, title: 'The group cannot be changed' },
  'group-in-use': { status: 409, title: 'The group is in use' },
  'client-in-use': { status: 409, title: 'The client account is in use' },
  'module-off': { status: 409, title: 'The module is switched off' },
  'dispatch-ended': { status: 409, title: 'The dispatch has ended' },
  'state-refused': { status: 409, title: 'The state does not lead there' },
  'variable-in-use': { status: 409, title: 'The variable is in use' },
  'already-verified': { status: 409, title: 'The address is verified already' },
  'user-inactive': { status: 409, title: 'The user is deactivated' },
  'link-used': { status: 409, title: 'The link was used' },
  'link-revoked': { status: 409, title: 'The link is no longer valid' },
  'link-expired': { status: 409, title: 'The link has expired' },
  'version-mismatch': { status: 412, title: 'It has changed meanwhile' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used for another request' },
  'outcome-not-in-sector': { status: 422, title: 'An outcome of the sector is needed' },
  'spend-limit-reached': { status: 422, title: 'The month’s messages have all been sent' },
  'not-a-member': { status: 422, title: 'Not a member of the sector' },
  'function-not-granted': { status: 422, title: 'The permission group does not grant this function' },
  'client-missing': { status: 422, title: 'A client account is needed' },
  'group-without-members': { status: 422, title: 'Nobody in the group takes out dispatches' },
  'settings-out-of-range': { status: 422, title: 'Settings out of range' },
  'rule-invalid': { status: 422, title: 'The rule is not valid' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Part of the service is away' },
};

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [key: string]: unknown;
}

const typeOf = (code: string): string => `https://rodizio.dev/problems/${code}`;

/** The problem document of a refusal, its details beside the standard members. */
export const problemOf = (refusal: Refusal): Problem => ({
  ...refusal.details,
  type: typeOf(refusal.code),
  title: problems[refusal.code].title,
  status: problems[refusal.code].status,
  code: refusal.code,
  detail: refusal.message,
});

/** What a caller hears of a defect of ours: that there is one, and the id under which the log tells more. */
export const defectProblem = (requestId: string): Problem => ({
  type: typeOf('internal-error'),
  title: 'A defect on our side',
  status: 500,
  code: 'internal-error',
  detail: `Something went wrong that should not; the log knows it as ${requestId}. Nothing of the request was kept.`,
});

/** Whether the same request may get another answer later: such answers are not kept for an idempotency key. */
export const isFinal = (status: number): boolean => status < 500 && status !== 429;

/** Names the errors of Express and its body parser in our own words; `null` for a defect. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  const { type, status } = (error ?? {}) as { readonly type?: unknown; readonly status?: unknown };
  switch (type) {
    case 'entity.too.large':
      return new Refusal('payload-too-large', 'A body may have at most 256 KiB.', { limitBytes: 262_144 });
    case 'entity.parse.failed':
      return new Refusal('invalid-request', 'The body is not valid JSON.', {
        errors: [{ path: '', reason: 'not valid JSON' }],
      });
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Refusal('unsupported-media-type', 'Send JSON in UTF-8.');
    default:
      return status === 400 ? new Refusal('invalid-request', 'The request cannot be read.', { errors: [] }) : null;
  }
}
