/**
 * Everything that Rodízio refuses, as a closed set of stable codes. One table (`api/problems`) gives each its HTTP
 * status; a test holds both against each other.
 */
export const refusalCodes = [
  'invalid-request',
  'unauthenticated',
  'invalid-credentials',
  'forbidden',
  'not-found',
  'already-assigned',
  'offer-expired',
  'at-capacity',
  'not-takeable',
  'not-owner',
  'conversation-closed',
  'sector-in-use',
  'sector-archived',
  'channel-in-use',
  'email-taken',
  'name-taken',
  'contact-exists',
  'contact-active',
  'target-not-eligible',
  'last-administrator',
  'built-in-group',
  'group-in-use',
  'client-in-use',
  'module-off',
  'dispatch-ended',
  'state-refused',
  'variable-in-use',
  'already-verified',
  'user-inactive',
  'link-used',
  'link-revoked',
  'link-expired',
  'version-mismatch',
  'idempotency-key-reused',
  'outcome-not-in-sector',
  'spend-limit-reached',
  'not-a-member',
  'function-not-granted',
  'client-missing',
  'group-without-members',
  'settings-out-of-range',
  'rule-invalid',
  'payload-too-large',
  'unsupported-media-type',
  'too-many-requests',
  'unavailable',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** One mistake in a request: where it stands and what would be right. */
export interface Mistake {
  readonly path: string;
  readonly reason: string;
}

/** What a refusal tells besides its code and sentence: plain JSON, shown to the caller as it is. */
export interface RefusalDetails {
  readonly [key: string]: unknown;
}

/**
 * A request that the rules refuse. Thrown before anything is written, so the transaction around it leaves no trace.
 * `message` is a sentence for people; `code` is for programs and never changes.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    // No stack: a refusal is an answer, not a defect, and lists weigh one for each command that a reader may not give.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Refusal';
    this.code = code;
    this.details = details;
  }
}

/** `404` for what does not exist and, in the same words, for what the caller may not know of. */
export const notFound = (what: string): Refusal => new Refusal('not-found', `There is no such ${what}.`);

/** `400` for a body that names something which does not exist, or no longer. */
export const noSuch = (what: string, path: string): Refusal =>
  new Refusal('invalid-request', 'Some fields are not valid.', {
    errors: [{ path, reason: `there is no such ${what}` }],
  });
