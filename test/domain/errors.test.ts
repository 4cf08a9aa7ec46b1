import { describe, expect, test } from 'vitest';
import { problemOf, problems } from '../../src/api/problems.ts';
import { notFound, Refusal, type RefusalCode, refusalCodes } from '../../src/domain/errors.ts';

// As the API contract names them: 409 for state, 422 for a valid request that the rules refuse.
const statuses: Record<number, RefusalCode[]> = {
  400: ['invalid-request'],
  401: ['unauthenticated', 'invalid-credentials'],
  403: ['forbidden'],
  404: ['not-found'],
  409: [
    'already-assigned',
    'offer-expired',
    'at-capacity',
    'not-takeable',
    'not-owner',
    'conversation-closed',
    'sector-in-use',
    'sector-archived',
    'channel-in-use',
    'email-taken',
    'name-taken',
    'contact-exists',
    'contact-active',
    'target-not-eligible',
    'last-administrator',
    'built-in-group',
    'group-in-use',
    'client-in-use',
    'module-off',
    'dispatch-ended',
    'state-refused',
    'variable-in-use',
    'already-verified',
    'user-inactive',
    'link-used',
    'link-revoked',
    'link-expired',
  ],
  412: ['version-mismatch'],
  413: ['payload-too-large'],
  415: ['unsupported-media-type'],
  422: [
    'idempotency-key-reused',
    'spend-limit-reached',
    'outcome-not-in-sector',
    'not-a-member',
    'function-not-granted',
    'client-missing',
    'group-without-members',
    'settings-out-of-range',
    'rule-invalid',
  ],
  429: ['too-many-requests'],
  503: ['unavailable'],
};

const expected = Object.entries(statuses).flatMap(([status, codes]) =>
  codes.map((code) => [code, Number(status)] as const),
);

describe('every refusal has its answer', () => {
  test.each(expected)('%s: %i', (code, status) => {
    expect(problems[code].status).toBe(status);
  });

  test('and none is without one', () => {
    expect(expected.map(([code]) => code).toSorted()).toEqual([...refusalCodes].toSorted());
    expect(Object.keys(problems).toSorted()).toEqual([...refusalCodes].toSorted());
  });

  test('each has a title of its own', () => {
    const titles = refusalCodes.map((code) => problems[code].title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('the problem document of a refusal', () => {
  test('carries code, status and sentence, and its details beside them', () => {
    expect(
      problemOf(new Refusal('already-assigned', 'Somebody already has this conversation.', { ownerId: 'u1' })),
    ).toEqual({
      type: 'https://rodizio.dev/problems/already-assigned',
      title: problems['already-assigned'].title,
      status: 409,
      code: 'already-assigned',
      detail: 'Somebody already has this conversation.',
      ownerId: 'u1',
    });
  });

  test('lets no detail take the place of a standard member', () => {
    expect(
      problemOf(new Refusal('forbidden', 'No.', { status: 200, code: 'fine', type: 'about:blank' })),
    ).toMatchObject({ status: 403, code: 'forbidden', type: 'https://rodizio.dev/problems/forbidden' });
  });

  test('of what is not there says no more than that', () => {
    expect(notFound('conversation')).toMatchObject({
      code: 'not-found',
      message: 'There is no such conversation.',
      details: {},
    });
  });
});
