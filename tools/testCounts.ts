import { readFileSync } from 'node:fs';

/** What we read of the report of vitest's JSON reporter. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/**
 * "12 passed, 0 failed", with ", 3 skipped" when there are any. A file that could not be run at all counts as one that
 * failed, and so does a run that ended badly (`exitCode`) for any other reason than a test.
 */
export function closingLine(path: string, exitCode: number): string {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return '0 passed, 1 failed';
  }
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = Math.max(report.numFailedTests + broken.length, exitCode === 0 ? 0 : 1);
  const skipped = report.numPendingTests + report.numTodoTests;
  return `${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
