import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { demoEnvironment, demoPassword } from '../../tools/local/demo.ts';
import { isLoopback, localUrl, readSettings } from '../../tools/local/settings.ts';
import { temporaryFolder } from './temporaryFolder.ts';

test('without a first administrator the demo company is used, with one it is not', () => {
  expect(readSettings({}).demo).toBe(true);
  expect(readSettings({ ADMIN_EMAIL: 'eva@example.com', ADMIN_PASSWORD: 'a long password' }).demo).toBe(false);
  expect(readSettings({ DEMO: 'false' }).demo).toBe(false);
});

test('the demo company is refused on an address that others can reach', () => {
  expect(() => readSettings({ HOST: '0.0.0.0' })).toThrow(/only for loopback/);
  expect(() => readSettings({ HOST: '0.0.0.0', ADMIN_EMAIL: 'eva@example.com' })).not.toThrow();
});

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['127.example.com', false],
])('%s is loopback: %j', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:3000'],
  ['0.0.0.0', 'http://127.0.0.1:3000'],
  ['::1', 'http://[::1]:3000'],
])('a server on %s is reached at %s', (host, expected) => {
  expect(localUrl(host, 3000)).toBe(expected);
});

test('every mistake is told at once', () => {
  expect(() => readSettings({ HOST: '0.0.0.0', PORT: '99999' })).toThrow(/PORT is "99999"[^]*HOST is "0\.0\.0\.0"/);
});

test('the demo password stays the same from start to start and is for our eyes only', () => {
  const dataDir = temporaryFolder();
  const first = demoPassword({ dataDir, demoPassword: null });
  expect(first).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  expect(demoPassword({ dataDir, demoPassword: null })).toBe(first);
  expect(statSync(join(dataDir, 'demo-password')).mode & 0o777).toBe(0o600);
});

test('a demo password that is given is the one kept for the next start', () => {
  const dataDir = temporaryFolder();
  demoPassword({ dataDir, demoPassword: null });
  expect(demoPassword({ dataDir, demoPassword: 'one of my own' })).toBe('one of my own');
  expect(readFileSync(join(dataDir, 'demo-password'), 'utf8').trim()).toBe('one of my own');
});

test('with the demo company routing times may be as short as a second, unless the environment says otherwise', () => {
  const settings = { ...readSettings({}), dataDir: temporaryFolder() };
  const environment = demoEnvironment(settings, { ROUTING_MIN_LIMIT_SECONDS: '5' });
  expect(environment).toMatchObject({ ROUTING_MIN_OFFER_SECONDS: '1', ROUTING_MIN_LIMIT_SECONDS: '5', DEMO: 'true' });
  expect(demoEnvironment({ ...settings, demo: false }, {})).toEqual({});
});
