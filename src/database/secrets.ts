import { createHash, randomBytes } from 'node:crypto';

/** What a secret opens: a session, a channel, the API (`rza`), an invitation, a new password, a new address; `rzw` signs calls of rules. */
export type SecretPrefix = 'rzs' | 'rza' | 'rzc' | 'rzi' | 'rzp' | 'rze' | 'rzw';

/** A fresh secret of 256 bits with a readable prefix: `rzs_…` sessions, `rzc_…` channel keys, … */
export const newSecret = (prefix: SecretPrefix): string => `${prefix}_${randomBytes(32).toString('base64url')}`;

/** Random secrets are kept as their SHA-256: nobody can guess them, so nothing slow is needed. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** A text in which secrets that somebody put into an address are no longer to be read. */
export const withoutSecrets = (text: string): string => text.replaceAll(/rz[a-z]_[\w-]{8,}/g, '[secret]');
