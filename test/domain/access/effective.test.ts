import { expect, test } from 'vitest';
import {
  effectivePermissions,
  type Grants,
  type PermissionOrigin,
  originOf,
} from '../../../src/domain/access/effective.ts';
import { permissions } from '../../../src/domain/access/permissions.ts';

const grants = (overrides: Partial<Grants> = {}): Grants => ({
  role: 'agent',
  groupPermissions: ['close-conversations', 'accept-conversations'],
  exceptions: {},
  ...overrides,
});

test('a user holds what the group grants, in the order of all lists', () => {
  expect(effectivePermissions(grants())).toEqual(['accept-conversations', 'close-conversations']);
});

test('an exception goes before the group, whether it grants or denies', () => {
  const exceptions = { 'use-reports': true, 'close-conversations': false, 'accept-conversations': true } as const;
  expect(effectivePermissions(grants({ exceptions }))).toEqual(['accept-conversations', 'use-reports']);
});

test('an administrator holds everything, whatever group and exceptions say', () => {
  const denied = Object.fromEntries(permissions.map((name) => [name, false]));
  expect(effectivePermissions(grants({ role: 'administrator', groupPermissions: [], exceptions: denied }))).toEqual(
    permissions,
  );
});

test.each<[string, Grants, PermissionOrigin]>([
  ['of the group', grants(), 'group'],
  ['granted on top', grants({ groupPermissions: [], exceptions: { 'close-conversations': true } }), 'granted'],
  ['denied', grants({ exceptions: { 'close-conversations': false } }), 'denied'],
  ['nobody granted', grants({ groupPermissions: [] }), 'none'],
  ['of an administrator', grants({ role: 'administrator', groupPermissions: [] }), 'administrator'],
])('a permission %s says where it comes from', (_what, from, origin) => {
  expect(originOf(from, 'close-conversations')).toBe(origin);
});
