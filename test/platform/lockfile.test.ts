import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingEntries, platformOf, type Lockfile } from '../../tools/completeLockfile.ts';

test('the lockfile names every package for another platform, or npm ci would refuse it', () => {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lockfile;
  // When this fails: node tools/completeLockfile.ts
  expect(Object.keys(missingEntries(lock))).toEqual([]);
});

test('the lockfile names no download address', () => {
  const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
  expect(text).not.toContain('"resolved"');
});

test.each([
  ['@oxfmt/binding-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
  ['@swc/core-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
  ['@oxlint-tsgolint/darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
  ['@swc/core-win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
  ['left-pad', null],
])('the platform of %s is read from its name', (name, expected) => {
  expect(platformOf(name)).toEqual(expected);
});
