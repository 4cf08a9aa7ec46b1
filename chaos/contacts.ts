import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../src/simulator/random.ts';
import type { Company } from './company.ts';

const MOST_AT_ONCE = 100;

/** How the contacts' side of a run goes on. */
export interface Contacts {
  /** Conversations begun so far, as the answers said. */
  readonly begun: ReadonlySet<string>;
  /** The names of those who wrote so far. */
  readonly names: readonly string[];
  /** Resolves when everything that was written has its answer. */
  readonly done: Promise<void>;
}

/**
 * Contacts write until `wanted` conversations have begun, evenly over `overMs`: new ones and such as wrote before, one
 * to three messages each, now and then one message delivered several times at once.
 */
export function startContacts(
  company: Company,
  random: Random,
  wanted: number,
  overMs: number,
  stop: AbortSignal,
): Contacts {
  const names: string[] = [];
  const begun = new Set<string>();
  const former: { channel: number; contact: string }[] = [];
  let people = 0;
  let messages = 0;
  const write = async (channel: number, contact: string, times: number): Promise<void> => {
    const { id, caller } = company.channels[channel]!;
    const messageId = `m${++messages}`;
    const body = {
      contact: { externalId: contact, name: contact },
      message: { id: messageId, text: `mensagem ${messages}` },
    };
    const deliver = async (): Promise<void> => {
      const path = `/v1/channels/${id}/messages`;
      const { body: answer } = await caller.write({
        method: 'POST',
        path,
        body,
        kind: 'message',
        targetId: id,
        asked: { messageId },
      });
      if (answer['created'] === true) begun.add(answer['conversationId'] as string);
    };
    await Promise.all(Array.from({ length: times }, deliver));
  };
  const visit = async (): Promise<void> => {
    const known = random.chance(0.2) && former.length > 0 ? random.pick(former) : undefined;
    const channel = known?.channel ?? Math.floor(random.next() * company.channels.length);
    const contact = known?.contact ?? `contato${++people}`;
    if (!known) {
      former.push({ channel, contact });
      names.push(contact);
    }
    await write(channel, contact, random.chance(0.15) ? 3 : 1);
    for (let more = Math.floor(random.next() * 3); more > 0; more--) {
      await sleep(random.between(200, 6_000));
      await write(channel, contact, 1);
    }
  };
  const run = async (): Promise<void> => {
    const visits = new Set<Promise<void>>();
    while (begun.size < wanted && !stop.aborted) {
      const one = visit().finally(() => visits.delete(one));
      visits.add(one);
      await sleep(random.between(0.4, 1.4) * (overMs / Math.max(wanted, 1)));
      // While parts are down nothing begins; what is wanted counts, not what was sent.
      while (visits.size > MOST_AT_ONCE) await Promise.race(visits);
    }
    await Promise.all(visits);
  };
  return { begun, names, done: run() };
}
