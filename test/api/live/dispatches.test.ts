import { describe, expect, test } from 'vitest';
import type { DispatchAccess } from '../../../src/domain/access/ability.ts';
import type { Principal } from '../../../src/domain/access/principal.ts';
import type { ClientGroupId } from '../../../src/domain/ids.ts';
import { Reader } from '../../../src/api/live/reader.ts';
import type { StoredEvent } from '../../../src/api/live/log.ts';
import { ana, at, bruno, personWith } from './events.ts';

const [towing, glass] = ['towing', 'glass'] as [ClientGroupId, ClientGroupId];

/** What somebody with these rights is told of a dispatch that goes from one access to another. */
async function told(rights: Partial<Principal>, before: DispatchAccess | null, after: DispatchAccess) {
  const now = personWith({ permissions: ['take-out-dispatches'], ...rights });
  const reader = new Reader({
    now,
    then: now,
    present: () => Promise.resolve(new Map()),
    sightChanges: () => Promise.resolve([]),
  });
  const event: StoredEvent = {
    position: 5,
    type: 'dispatch.responsible_changed',
    at,
    conversationId: null,
    stepId: 's',
    last: true,
    actor: { kind: 'system' },
    before: null,
    after: null,
    data: { dispatchId: 'd1', state: 'open', access: { before, after } },
  };
  const messages = await reader.messages({ position: 5, events: [event] });
  // Whoever has it already gets it no second time.
  expect(await reader.messages({ position: 5, events: [event] }, 0)).toEqual([]);
  return messages;
}

const ofBruno = { responsibleId: bruno, groupId: towing };
const ofAna = { responsibleId: ana, groupId: glass };
const member = { clientGroups: [{ groupId: towing, functions: ['attendance'] as const }] };

describe('what a reader is told of a dispatch', () => {
  test.each([
    ['the responsible user', {}, ofBruno, ofAna],
    ['a member of the responsible group', member, null, ofBruno],
    ['an administrator', { role: 'administrator' as const, permissions: [] }, null, ofBruno],
  ] as const)('%s hears of it, without who could see it before', async (_, rights, before, after) => {
    const [message, ...more] = await told(rights, before, after);
    expect(more).toEqual([]);
    expect(message).toMatchObject({ id: '5.0', type: 'dispatch.responsible_changed', data: { dispatchId: 'd1' } });
    expect(message?.data).not.toHaveProperty('access');
  });

  test.each([
    [
      'somebody of another group',
      { clientGroups: [{ groupId: glass, functions: ['dispatch'] as const }] },
      null,
      ofBruno,
    ],
    ['a member without any permission for dispatches', { ...member, permissions: [] }, null, ofBruno],
    ['a supervisor of sectors', { role: 'supervisor' as const }, null, ofBruno],
  ] as const)('%s hears nothing', async (_, rights, before, after) => {
    expect(await told(rights, before, after)).toEqual([]);
  });

  test('who loses sight of it by the change learns only that', async () => {
    expect(await told(member, ofBruno, ofAna)).toHaveLength(1);
    const other = { ...member, userId: bruno };
    expect(await told(other, ofBruno, ofAna)).toEqual([
      { id: '5.0', type: 'dispatch.hidden', data: { type: 'dispatch.hidden', id: 'd1', dispatchId: 'd1' } },
    ]);
  });
});
