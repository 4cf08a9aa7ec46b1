import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

/** A folder of mode 0700 that is gone when the test is over, or, when the run is killed, before the next run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(inject('runFolder'), 'platform-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
