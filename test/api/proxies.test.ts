import { afterEach, describe, expect, it } from 'vitest';
import type { AttemptLimiter } from '../../src/api/deps.ts';
import { ConfigError, readConfig, type TrustedProxies } from '../../src/config.ts';
import { startApi, type TestApi } from '../support/api.ts';

let api: TestApi | undefined;
afterEach(async () => {
  await api?.stop();
  api = undefined;
});

/** Under which keys attempts to sign in are counted, when they come with these forwarded addresses. */
async function keysFor(trustProxy: TrustedProxies, forwarded: readonly string[]): Promise<string[]> {
  const keys: string[] = [];
  const signInLimiter: AttemptLimiter = {
    attempt(key) {
      keys.push(key);
      return Promise.resolve(0);
    },
    succeeded: () => Promise.resolve(),
  };
  api = await startApi({ trustProxy, signInLimiter });
  for (const address of forwarded) {
    await api.nobody.post(
      '/v1/sessions',
      { email: 'ana@demo.example', password: 'wrong' },
      { headers: { 'x-forwarded-for': address } },
    );
  }
  return keys;
}

describe('the address of a caller', () => {
  it('is that of the connection, whatever is claimed, where no proxy is trusted', async () => {
    expect(new Set(await keysFor(false, ['203.0.113.1', '203.0.113.2'])).size).toBe(1);
  });

  it('is what the trusted proxy in front says', async () => {
    expect(new Set(await keysFor(1, ['203.0.113.1', '203.0.113.2'])).size).toBe(2);
  });

  it('is what the last trusted proxy says, not what the caller put before it', async () => {
    expect(new Set(await keysFor(1, ['198.51.100.1, 203.0.113.1', '198.51.100.2, 203.0.113.1'])).size).toBe(1);
  });

  it('is believed of proxies in the named ranges only', async () => {
    expect(new Set(await keysFor(['127.0.0.0/8'], ['203.0.113.1', '203.0.113.2'])).size).toBe(2);
    await api?.stop();
    expect(new Set(await keysFor(['10.0.0.0/8'], ['203.0.113.1', '203.0.113.2'])).size).toBe(1);
  });
});

describe('metrics', () => {
  const statusOf = async (headers: Record<string, string>) => (await api!.nobody.get('/metrics', { headers })).status;

  it('are for this machine alone: neither carried here by a proxy nor claimed to be from here', async () => {
    for (const trustProxy of [false, 1] as const) {
      api = await startApi({ trustProxy });
      expect(await statusOf({})).toBe(200);
      for (const address of ['203.0.113.1', '127.0.0.1', '::1'])
        expect(await statusOf({ 'x-forwarded-for': address })).toBe(404);
      expect(await statusOf({ forwarded: 'for=127.0.0.1' })).toBe(404);
      await api.stop();
      api = undefined;
    }
  });

  it('are for everybody where that is configured', async () => {
    api = await startApi({ metricsPublic: true });
    expect(await statusOf({ 'x-forwarded-for': '203.0.113.1' })).toBe(200);
  });
});

describe('TRUST_PROXY', () => {
  const read = (value?: string) =>
    readConfig({ DATABASE_URL: 'postgres://localhost/x', ...(value === undefined ? {} : { TRUST_PROXY: value }) })
      .TRUST_PROXY;

  it('is none, a number of proxies, or their addresses', () => {
    expect(read()).toBe(false);
    expect(read('')).toBe(false);
    expect(read('0')).toBe(false);
    expect(read('2')).toBe(2);
    expect(read('10.0.0.0/8, fd00::/8,192.0.2.7')).toEqual(['10.0.0.0/8', 'fd00::/8', '192.0.2.7']);
    expect(read('loopback')).toEqual(['loopback']);
  });

  it.each(['true', '10', '-1', '10.0.0.0/33', '10.0.0/8', 'nginx', '10.0.0.1,', '::1/129', '*'])(
    'is refused when it is neither: %s',
    (value) => {
      expect(() => read(value)).toThrow(ConfigError);
      expect(() => read(value)).toThrow(/TRUST_PROXY: must be the number of proxies/);
    },
  );
});
