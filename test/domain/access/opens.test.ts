import { expect, test } from 'vitest';
import { type Opening, openingOf, type Right } from '../../../src/domain/access/opens.ts';

test.each<[string, Right, Opening]>([
  ['of one permission', ['update', 'Channel'], { by: 'any', permissions: ['manage-flows'] }],
  [
    'of several, each of which is enough',
    ['read', 'Dispatch'],
    { by: 'any', permissions: ['take-out-dispatches', 'view-dispatches', 'change-dispatch-responsible'] },
  ],
  [
    'of two that are needed together',
    ['import', 'Contact'],
    { by: 'all', permissions: ['create-contacts', 'update-contacts'] },
  ],
  ['of one’s own things', ['delete', 'Portfolio'], { by: 'any', permissions: ['remove-from-own-portfolio'] }],
  ['of administrators alone', ['update', 'Sector'], { by: 'any', permissions: [] }],
  ['of everybody', ['read', 'User'], { by: 'any', permissions: [] }],
])('a right %s names the permissions that open it', (_which, right, opening) => {
  expect(openingOf(right)).toEqual(opening);
});
