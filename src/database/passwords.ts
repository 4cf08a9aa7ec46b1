import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';

/** OWASP's first choice for argon2id, which is the library's default algorithm: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A salted argon2id hash. Slow on purpose: never inside a transaction that holds locks. */
export const hashPassword = (password: string): Promise<string> => hash(password, parameters);

let nobodysHash: Promise<string> | undefined;

/** Whether the password is right. Without a hash it takes the same time and is wrong: the answer tells no one who exists. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const other = await (nobodysHash ??= hashPassword(randomBytes(32).toString('base64')));
  const matches = await verify(passwordHash ?? other, password);
  return passwordHash !== null && matches;
}
