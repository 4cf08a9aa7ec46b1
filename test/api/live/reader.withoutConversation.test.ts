import { describe, expect, test } from 'vitest';
import type { PermissionGroupId } from '../../../src/domain/ids.ts';
import { at, bruno, finance, personWith, reception, rightsChanged, single } from './events.ts';
import { reader } from './readers.ts';

describe('events without a conversation', () => {
  const admin = personWith({ role: 'administrator', memberOf: [] });
  const sees = async (now: ReturnType<typeof personWith>, group: ReturnType<typeof single>) =>
    (await reader({ now }).messages(group)).length === 1;

  test('a user’s availability is told to administrators, to themselves, and to who shares a sector with them', async () => {
    const changed = single('user.availability_changed', { userId: bruno, available: false, sectorIds: [finance] });
    expect(await sees(admin, changed)).toBe(true);
    expect(await sees(personWith({ userId: bruno, memberOf: [] }), changed)).toBe(true);
    expect(await sees(personWith({ memberOf: [finance] }), changed)).toBe(true);
    expect(await sees(personWith({ memberOf: [reception] }), changed)).toBe(false);
  });

  test.each(['sector.opened', 'sector.closed', 'sector.rotation_moved'] as const)(
    '%s is told to the sector’s members and to administrators',
    async (type) => {
      const event = single(type, { sectorId: finance });
      expect(await sees(admin, event)).toBe(true);
      expect(await sees(personWith({ memberOf: [finance] }), event)).toBe(true);
      expect(await sees(personWith({ memberOf: [reception] }), event)).toBe(false);
    },
  );

  test('who may do more or less is told so without content, once, and goes on behind it', async () => {
    const group = 'g1' as PermissionGroupId;
    const change = rightsChanged({ kind: 'permissions', groupId: group, before: ['accept-conversations'], after: [] });
    const following = reader({ now: personWith({ groupId: group }) });
    expect(await following.messages(change)).toEqual([
      { id: '10.0', type: 'me.changed', data: { type: 'me.changed', at: at.toISOString() } },
    ]);
    expect(await following.messages(change, 0)).toEqual([]);
    expect(await sees(personWith({ groupId: 'g2' as PermissionGroupId }), change)).toBe(false);
  });

  test('a change of the rights of others is never shown, whoever asks', async () => {
    const change = rightsChanged({
      kind: 'permissions',
      groupId: 'g1' as PermissionGroupId,
      before: [],
      after: ['accept-conversations'],
    });
    expect(await sees(admin, change)).toBe(false);
  });
});
