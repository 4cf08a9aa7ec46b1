import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withMatrix } from '../tools/permissionMatrix.ts';

test('the matrix of permissions in the documents is the one of the code', () => {
  const page = readFileSync(new URL('../docs/permissions.md', import.meta.url), 'utf8');
  expect(page, 'run `node tools/permissionMatrix.ts`').toBe(withMatrix(page));
});
