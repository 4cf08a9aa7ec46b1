import { describe, expect, test } from 'vitest';
import { assertMayGrant, assertMayManage, type Managed } from '../../../src/domain/access/managing.ts';
import type { Permission } from '../../../src/domain/access/permissions.ts';
import type { Principal } from '../../../src/domain/access/principal.ts';
import { Refusal } from '../../../src/domain/errors.ts';
import { people } from '../../support/people.ts';

const manager: Principal = { ...people.member, permissions: ['manage-users', 'close-conversations'] };
const holding = (...permissions: Permission[]): Managed => ({ administrator: false, permissions });
const administrator: Managed = { administrator: true, permissions: [] };

const refusalOf = (act: () => void): Refusal | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
};

describe.each([
  ['granting', assertMayGrant],
  ['managing', assertMayManage],
])('%s', (_what, assert) => {
  test('goes as far as what one holds oneself', () => {
    expect(refusalOf(() => assert(manager, holding('manage-users', 'close-conversations')))).toBeNull();
    expect(refusalOf(() => assert(manager, holding()))).toBeNull();
  });

  test('is refused beyond that, naming everything that is missing', () => {
    const refused = refusalOf(() => assert(manager, holding('close-conversations', 'use-reports', 'manage-flows')));
    expect(refused).toMatchObject({
      code: 'forbidden',
      details: { permission: 'use-reports', permissions: ['use-reports', 'manage-flows'] },
    });
  });

  test('concerns administrators only when administrators do it', () => {
    expect(refusalOf(() => assert(manager, administrator))?.code).toBe('forbidden');
    expect(refusalOf(() => assert(people.administrator, administrator))).toBeNull();
    expect(refusalOf(() => assert(people.administrator, holding('use-reports')))).toBeNull();
  });
});
