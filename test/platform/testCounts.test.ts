import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closingLine } from '../../tools/testCounts.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const counts = { numPassedTests: 12, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test('the closing line counts what passed and what failed, and what was skipped when something was', () => {
  expect(closingLine(report(counts), 0)).toBe('12 passed, 0 failed');
  expect(closingLine(report({ ...counts, numPendingTests: 2, numTodoTests: 1 }), 0)).toBe(
    '12 passed, 0 failed, 3 skipped',
  );
});

test('a file that could not be run at all counts as failed', () => {
  const testResults = [{ status: 'failed', assertionResults: [] }];
  expect(closingLine(report({ ...counts, testResults }), 1)).toBe('12 passed, 1 failed');
});

test('a run that ended badly is never closed with no failure', () => {
  expect(closingLine(report(counts), 1)).toBe('12 passed, 1 failed');
  expect(closingLine('/nowhere/counts.json', 1)).toBe('0 passed, 1 failed');
});

function report(content: object): string {
  const path = join(temporaryFolder(), 'counts.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}
