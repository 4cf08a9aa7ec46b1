import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { Client } from '../simulator/client.ts';

/**
 * The key of the demo's channel in `file`, readable by us alone: keys are shown once, so this is where it is kept. One
 * that is missing there, or is of another database, is replaced by a new one.
 */
export async function ensureChannelKey(client: Client, channelId: string, file: string): Promise<string> {
  const kept = readKept(file);
  if (kept && (await isValid(client, channelId, kept))) return kept;
  const { key } = await client.must<{ key: string }>('POST', `/v1/channels/${channelId}/keys`);
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return key;
}

/** Asks for the place of a conversation that does not exist: 404 for who may ask, 401 for who may not. */
async function isValid(client: Client, channelId: string, key: string): Promise<boolean> {
  const answer = await client
    .withToken(key)
    .ask('GET', `/v1/channels/${channelId}/conversations/${randomUUID()}/position`);
  return answer.status === 404;
}

function readKept(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
