import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Client } from '../../src/simulator/client.ts';
import type { Person, SectorSettings } from '../../src/simulator/company.ts';
import { NotRestoredError, restoreLeftover, withDemoSettings } from '../../src/simulator/settingsGuard.ts';
import { Tally } from '../../src/simulator/tally.ts';
import { temporaryFolder } from '../platform/temporaryFolder.ts';

const distribution = { mode: 'sequential', offerTimeoutSeconds: 600, distributionLimitSeconds: 1_800, overflow: false };
const sector: SectorSettings = { id: 's1', name: 'Comercial', hours: null, distribution };

/** An API that holds sectors and users in memory, with merge patches as they are meant. */
function fakeApi(options: { readonly refuse?: (method: string, path: string) => number | null } = {}) {
  const state: Record<string, Record<string, unknown>> = {
    '/v1/sectors/s1': { hours: null, distribution: { ...distribution } },
    '/v1/users/u1/availability': { available: true, reason: null },
  };
  const fetchFake = (async (url: string, init: RequestInit) => {
    const path = new URL(url).pathname;
    const status = options.refuse?.(init.method ?? 'GET', path);
    if (status)
      return new Response('{"code":"refused"}', { status, headers: { 'content-type': 'application/problem+json' } });
    const found = state[path];
    if (!found)
      return new Response('{"code":"not-found"}', {
        status: 404,
        headers: { 'content-type': 'application/problem+json' },
      });
    const body = JSON.parse(String(init.body)) as Record<string, Record<string, unknown>>;
    const nested = body['distribution']
      ? { distribution: { ...(found['distribution'] as object), ...body['distribution'] } }
      : {};
    state[path] = { ...found, ...body, ...nested };
    return new Response('{}', { status: 200, headers: { 'content-type': 'application/json' } });
  }) as typeof fetch;
  return { state, sector: () => state['/v1/sectors/s1']!, fetch: fetchFake };
}

function guardedBy(api: ReturnType<typeof fakeApi>) {
  const client = new Client({ base: 'http://api.test', tally: new Tally(), fetch: api.fetch });
  const person: Person = {
    id: 'u1',
    name: 'Ana',
    email: 'ana@demo.example',
    available: true,
    availabilityReason: null,
    availabilityUntil: null,
    client,
  };
  const file = join(temporaryFolder(), 'demo-saved-settings.json');
  return { client, file, sectors: [sector], people: [person], offerSeconds: 4, limitSeconds: 20 };
}

const before = { hours: null, distribution };

describe('the settings of the sectors during a simulation', () => {
  it('are always open with short offers while it plays, and as before afterwards', async () => {
    const api = fakeApi();
    const guarded = guardedBy(api);
    const result = await withDemoSettings(guarded, () => {
      const { hours, distribution: during } = api.sector() as { hours: { weekly: unknown[] }; distribution: unknown };
      expect(hours.weekly).toHaveLength(7);
      expect(during).toEqual({ ...distribution, offerTimeoutSeconds: 4, distributionLimitSeconds: 20, overflow: true });
      expect(existsSync(guarded.file)).toBe(true);
      return Promise.resolve('played');
    });
    expect(result).toBe('played');
    expect(api.sector()).toEqual(before);
    expect(existsSync(guarded.file)).toBe(false);
  });

  it('are put back after an error, which is not lost', async () => {
    const api = fakeApi();
    const guarded = guardedBy(api);
    const work = () => {
      api.state['/v1/users/u1/availability'] = { available: false, reason: 'Almoço' };
      return Promise.reject(new Error('the day went wrong'));
    };
    await expect(withDemoSettings(guarded, work)).rejects.toThrow('the day went wrong');
    expect(api.sector()).toEqual(before);
    expect(api.state['/v1/users/u1/availability']).toEqual({ available: true, reason: null });
    expect(existsSync(guarded.file)).toBe(false);
  });

  it('are put back although the caller was told to stop', async () => {
    const api = fakeApi();
    const guarded = guardedBy(api);
    const stop = new AbortController();
    const client = new Client({ base: 'http://api.test', tally: new Tally(), fetch: api.fetch, signal: stop.signal });
    const work = () => {
      stop.abort(new Error('Ctrl-C'));
      return client.must('GET', '/v1/sectors/s1').then(() => Promise.reject(new Error('was not stopped')));
    };
    await expect(withDemoSettings({ ...guarded, client }, work)).rejects.toThrow();
    expect(api.sector()).toEqual(before);
  });

  it('are put back by the next run when this one was killed or could not reach the API', async () => {
    let down = false;
    const api = fakeApi({ refuse: () => (down ? 403 : null) });
    const guarded = guardedBy(api);
    const work = () => {
      down = true;
      return Promise.resolve();
    };
    await expect(withDemoSettings(guarded, work)).rejects.toThrow(NotRestoredError);
    expect(api.sector()).not.toEqual(before);
    expect(existsSync(guarded.file)).toBe(true);
    down = false;
    expect(await restoreLeftover(guarded.client, guarded.file)).toBe(true);
    expect(api.sector()).toEqual(before);
    expect(await restoreLeftover(guarded.client, guarded.file)).toBe(false);
  });

  it('are put back when only some of them had been changed', async () => {
    const api = fakeApi({ refuse: (method, path) => (method === 'PATCH' && path.endsWith('s2') ? 422 : null) });
    const guarded = guardedBy(api);
    const unpatched = { ...guarded, sectors: [sector, { ...sector, id: 's2' }] };
    await expect(withDemoSettings(unpatched, () => Promise.resolve())).rejects.toThrow();
    expect(api.sector()).toEqual(before);
  });

  it('are left alone while another simulation is under way', async () => {
    const api = fakeApi();
    const guarded = guardedBy(api);
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', 'simulator/main'], {
      stdio: 'ignore',
    });
    try {
      await new Promise((resolve) => other.once('spawn', resolve));
      writeFileSync(
        guarded.file,
        JSON.stringify({ pid: other.pid, sectors: [{ id: 's1', hours: 'theirs', distribution }], people: [] }),
      );
      await expect(restoreLeftover(guarded.client, guarded.file)).rejects.toThrow(`process ${other.pid}`);
      expect(api.sector()).toEqual(before);
    } finally {
      other.kill();
    }
  });

  it('are not overwritten in the file by a second run', async () => {
    const guarded = guardedBy(fakeApi());
    writeFileSync(guarded.file, '{"kept":true}');
    await expect(withDemoSettings(guarded, () => Promise.resolve())).rejects.toThrow('EEXIST');
    expect(readFileSync(guarded.file, 'utf8')).toBe('{"kept":true}');
  });

  it('of a sector that is gone need not be put back', async () => {
    const api = fakeApi();
    const guarded = guardedBy(api);
    writeFileSync(
      guarded.file,
      JSON.stringify({ pid: process.pid, sectors: [{ id: 'gone', hours: null, distribution }], people: [] }),
    );
    expect(await restoreLeftover(guarded.client, guarded.file)).toBe(true);
    expect(existsSync(guarded.file)).toBe(false);
  });
});
