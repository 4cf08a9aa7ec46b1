import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AnswerError, type Client } from './client.ts';
import type { Person, SectorSettings } from './company.ts';

/** The sectors still have the settings of the simulation. */
export class NotRestoredError extends Error {
  override readonly name = 'NotRestoredError';
}

/** What is put back at the end. */
interface Saved {
  /** Who has changed the settings, for a second run that comes meanwhile. */
  readonly pid: number;
  readonly sectors: readonly Pick<SectorSettings, 'id' | 'hours' | 'distribution'>[];
  readonly people: readonly Pick<Person, 'id' | 'available' | 'availabilityReason' | 'availabilityUntil'>[];
}

export interface Guarded {
  /** As the administrator. */
  readonly client: Client;
  /** Keeps the settings until they are back. */
  readonly file: string;
  readonly sectors: readonly SectorSettings[];
  /** Their availability is put back, too. */
  readonly people: readonly Person[];
  readonly offerSeconds: number;
  readonly limitSeconds: number;
}

// Hours of their own, for `null` would mean the organisation's.
const alwaysOpen = {
  timeZone: 'America/Sao_Paulo',
  weekly: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' })),
  holidays: [],
};

/**
 * Runs `work` with the sectors always open and offers of a few seconds, and puts their settings back afterwards,
 * however it ends. When this process is killed, the next run does so from the file: see `restoreLeftover`.
 */
export async function withDemoSettings<T>(guarded: Guarded, work: () => Promise<T>): Promise<T> {
  const { client, file, sectors, people, offerSeconds, limitSeconds } = guarded;
  save(file, {
    pid: process.pid,
    sectors: sectors.map(({ id, hours, distribution }) => ({ id, hours, distribution })),
    people: people.map(({ id, available, availabilityReason, availabilityUntil }) => ({
      id,
      available,
      availabilityReason,
      availabilityUntil,
    })),
  });
  try {
    for (const { id } of sectors) {
      const distribution = {
        offerTimeoutSeconds: offerSeconds,
        distributionLimitSeconds: limitSeconds,
        overflow: true,
      };
      await client.must('PATCH', `/v1/sectors/${id}`, { hours: alwaysOpen, distribution });
    }
    return await work();
  } finally {
    await restore(client.unstoppable(), file);
  }
}

/**
 * Puts back what a run that was killed has left changed. @returns whether there was anything
 * @throws Error while that run still goes on
 */
export async function restoreLeftover(client: Client, file: string): Promise<boolean> {
  const saved = read(file);
  if (!saved) return false;
  if (saved.pid !== process.pid && isSimulation(saved.pid)) {
    throw new Error(
      `Another npm run demo is under way (process ${saved.pid}): wait for its end, or stop it with Ctrl-C.`,
    );
  }
  await restore(client, file);
  return true;
}

async function restore(client: Client, file: string): Promise<void> {
  const saved = read(file);
  if (!saved) return;
  try {
    for (const { id, hours, distribution } of saved.sectors)
      await put(client, 'PATCH', `/v1/sectors/${id}`, { hours, distribution });
    for (const { id, available, availabilityReason, availabilityUntil: until } of saved.people) {
      // What would have ended by itself meanwhile stays ended.
      const over = until !== null && Date.parse(until) <= Date.now();
      await put(client, 'PUT', `/v1/users/${id}/availability`, {
        available: available || over,
        reason: over ? null : availabilityReason,
        ...(until !== null && !over ? { until } : {}),
      });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotRestoredError(
      `The settings could not be put back; the next npm run demo does it from ${file}. ${reason}`,
      { cause: error },
    );
  }
  rmSync(file, { force: true });
}

/** What is no longer there needs nothing put back. */
async function put(client: Client, method: 'PATCH' | 'PUT', path: string, body: unknown): Promise<void> {
  const answer = await client.ask(method, path, body);
  if (!answer.ok && answer.status !== 404) throw new AnswerError(`${method} ${path}`, answer);
}

/** Never over settings that still have to be put back. */
function save(file: string, saved: Saved): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(descriptor, JSON.stringify(saved, null, 2));
  } finally {
    closeSync(descriptor);
  }
}

function read(file: string): Saved | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Saved;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(
      `${file} cannot be read. It holds the sectors' settings from before a simulation: put them back by hand and delete it.`,
      {
        cause: error,
      },
    );
  }
}

/** Whether the process lives and is one of ours, as far as this system tells. */
function isSimulation(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('simulator/main');
  } catch {
    return true;
  }
}
