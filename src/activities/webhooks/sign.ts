import { createHmac } from 'node:crypto';

/**
 * The value of `Rodizio-Signature`: the time of sending in Unix seconds, and the HMAC-SHA256 over `<time>.<body>` in
 * hex. Who checks it refuses times that are long past, so that a call cannot be played again.
 */
export function signatureOf(secret: string, sentAt: Date, body: string): string {
  const time = Math.floor(sentAt.getTime() / 1_000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}
