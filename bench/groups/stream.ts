import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'node:http';
import type { Bench } from '../bench.ts';
import { createAgents, createdBy, createSector, type Agent, type Sector } from '../company.ts';
import { type Figure, figure } from '../figures.ts';
import { begun } from '../load.ts';
import { spreadOf } from '../statistics.ts';

const SECTORS = 30;
const READERS_OF_A_SECTOR = 10;
const PER_SECOND = 20;
const SECONDS = 50;
const MOST_MS = 500;
const LAST_ONES_MS = 5_000;

/** A message as it arrived at one of the readers. */
interface Seen {
  readonly reader: number;
  readonly messageId: string;
  readonly at: number;
}

/**
 * Three hundred connected agents, twenty events a second, each seen by ten of them: how long after the commit of the
 * event's transaction it arrives at a reader.
 */
export async function measureStream(bench: Bench): Promise<Figure[]> {
  const { http, database, company, stock, set, quick } = bench;
  const create = createdBy(http, company.adminToken);
  const sectors: Sector[] = [];
  const count = quick ? 3 : SECTORS;
  for (let n = 1; n <= count; n++)
    sectors.push(await createSector(create, { name: `Balcão ${n}`, distribution: { mode: 'manual' } }));
  const memberships = Array.from({ length: count * READERS_OF_A_SECTOR }, (_unused, n) => [sectors[n % count]!.id]);
  const readers = await createAgents(create, database, memberships, 'leitor');
  const ids = await Promise.all(sectors.map((sector, n) => writeAgain(bench, sector, `first ${n}`)));
  await stock.settled(
    ids.map(({ conversationId }) => conversationId),
    'waiting',
  );

  const seen: Seen[] = [];
  const streams = await Promise.all(readers.map((reader) => connect(set.apis, reader, seen)));
  try {
    const sent = await send(bench, sectors, (quick ? 3 : SECONDS) * PER_SECOND);
    await sleep(LAST_ONES_MS);
    return await figuresOf(bench, seen, sent, readers.length);
  } finally {
    for (const stream of streams) stream.end();
  }
}

/** Opens the stream of one agent; resolves when its first bytes are there. */
function connect(apis: readonly string[], reader: Agent, seen: Seen[]): Promise<{ end(): void }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${apis[reader.number % apis.length]}/v1/events`, {
      headers: { authorization: `Bearer ${reader.token}` },
      agent: false,
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`The stream was answered with ${response.statusCode}.`));
        return;
      }
      let rest = '';
      response.setEncoding('utf8');
      // An end that we ask for breaks the answer off.
      response.on('error', () => {});
      response.on('data', (text: string) => {
        const at = performance.timeOrigin + performance.now();
        const messages = (rest + text).split('\n\n');
        rest = messages.pop() ?? '';
        for (const message of messages) {
          const messageId = /"messageId":"([^"]+)"/.exec(message)?.[1];
          if (messageId !== undefined) seen.push({ reader: reader.number, messageId, at });
        }
        resolve({ end: () => asked.destroy() });
      });
    });
    asked.end();
  });
}

/** The contacts whose conversations wait write again, at an even pace. @returns the messages' ids */
async function send(bench: Bench, sectors: readonly Sector[], count: number): Promise<string[]> {
  const sent: Promise<{ messageId: string }>[] = [];
  const startedAt = performance.now();
  for (let number = 0; number < count; number++) {
    await sleep(Math.max(0, startedAt + (number * 1_000) / PER_SECOND - performance.now()));
    sent.push(begun(writeAgain(bench, sectors[number % sectors.length]!, `event ${number}`)));
  }
  return (await Promise.all(sent)).map(({ messageId }) => messageId);
}

/** The one contact of this sector's channel writes. */
async function writeAgain(
  { http }: Bench,
  { channelId, channelKey }: Sector,
  id: string,
): Promise<{ conversationId: string; messageId: string }> {
  const body = { contact: { externalId: 'reader', name: 'Contato' }, message: { id, text: 'Ainda estou esperando.' } };
  const path = `/v1/channels/${channelId}/messages`;
  const answer = await http.json(0, { method: 'POST', path, token: channelKey, body });
  return { conversationId: answer['conversationId'] as string, messageId: answer['messageId'] as string };
}

async function figuresOf(
  bench: Bench,
  seen: readonly Seen[],
  sent: readonly string[],
  readers: number,
): Promise<Figure[]> {
  const committed = await bench.database.rows<{ id: string; at: number }>(
    'select id, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as at from message where id = any($1::uuid[])',
    [sent],
  );
  const at = new Map(committed.map((row) => [row.id, row.at]));
  const durations = seen.flatMap(({ messageId, at: seenAt }) => {
    const from = at.get(messageId);
    return from === undefined ? [] : [seenAt - from];
  });
  const told = seen.filter(({ messageId }) => at.has(messageId));
  const different = new Set(told.map(({ reader, messageId }) => `${reader} ${messageId}`)).size;
  const expected = sent.length * READERS_OF_A_SECTOR;
  const { p50, p99 } = spreadOf(durations);
  const what = `${readers} agents connected, ${PER_SECOND} events/s, each seen by ${READERS_OF_A_SECTOR}`;
  return [
    figure({ name: `live stream, commit to reader, p50 (${what})`, value: p50, unit: 'ms' }),
    figure({
      name: `live stream, commit to reader, p99 (${what})`,
      value: p99,
      unit: 'ms',
      aims: [{ of: 'value', is: 'at most', limit: MOST_MS }],
    }),
    figure({
      name: `live stream, deliveries missing or doubled, of ${expected}`,
      value: expected - different + (told.length - different),
      unit: 'messages',
      aims: [{ of: 'value', is: 'at most', limit: 0 }],
    }),
  ];
}
