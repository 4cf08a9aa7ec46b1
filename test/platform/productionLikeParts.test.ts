import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isRunning } from '../../tools/local/processTable.ts';
import { type Part, startPart } from '../../tools/local/processes.ts';
import { waitUntil } from '../../tools/local/wait.ts';
import { restartable, type RestartablePart } from '../../tools/productionLike/parts.ts';
import { obtainTemporalBinaries } from '../../tools/productionLike/temporalBinaries.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const SLEEPER = 'setInterval(() => {}, 1000)';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

describe('a part of the production-like set', () => {
  let part: RestartablePart;
  let starts: number;
  let isOver: boolean;
  const deaths: string[] = [];

  beforeEach(() => {
    starts = 0;
    isOver = false;
    deaths.length = 0;
    part = restartable(
      'sleeper',
      'worker',
      sleeper,
      (name) => void deaths.push(name),
      () => isOver,
    );
  });
  afterEach(() => part.kill());

  const sleeper = (): Promise<Part> => {
    starts++;
    return startPart({
      name: 'sleeper',
      command: process.execPath,
      args: ['-e', SLEEPER, folder],
      folder,
      runFolder: join(folder, 'run'),
      logFile: join(folder, 'sleeper.log'),
      stopWithinMs: 5_000,
    });
  };

  test('that is started by two at once runs once', async () => {
    await Promise.all([part.start(), part.start()]);
    expect(starts).toBe(1);
    expect(isRunning(part.pid!)).toBe(true);
  });

  test('that was killed on purpose is no death, and can be started again', async () => {
    await part.start();
    const { pid } = part;
    await part.kill();
    expect(isRunning(pid!)).toBe(false);
    await part.start();
    expect(part.pid).not.toBe(pid);
    expect(deaths).toEqual([]);
  });

  test('that ends by itself is told of', async () => {
    await part.start();
    process.kill(part.pid!, 'SIGKILL');
    expect(await waitUntil(() => deaths.length > 0, 5_000)).toBe(true);
    expect(part.isRunning).toBe(false);
  });

  test('is not started any more once the set is being stopped, not even by a start that is under way', async () => {
    const starting = part.start();
    while (starts === 0) await Promise.resolve();
    isOver = true;
    await starting;
    expect(part.isRunning).toBe(false);
    await part.start();
    expect(starts).toBe(1);
  });
});

describe('the guard of a set', () => {
  const modules = Object.fromEntries(
    ['tools/local/processes.ts', 'tools/productionLike/guard.ts'].map((file) => [
      file,
      pathToFileURL(join(import.meta.dirname, '../..', file)).href,
    ]),
  );
  /** A process that starts a part under guard, and stops both when it is asked to. */
  const runner = (): ChildProcess =>
    spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { startPart } from '${modules['tools/local/processes.ts']}';
         import { startGuard } from '${modules['tools/productionLike/guard.ts']}';
         const folder = ${JSON.stringify(folder)};
         const guard = startGuard({ runFolder: folder + '/run', order: ['sleeper'], remove: folder });
         const part = await startPart({ name: 'sleeper', command: process.execPath, args: ['-e', ${JSON.stringify(SLEEPER)}, folder],
           folder, runFolder: folder + '/run', logFile: folder + '/sleeper.log', stopWithinMs: 5000 });
         process.on('SIGTERM', async () => { await part.stop(); guard.release(); process.exit(0); });
         console.log(part.pid);
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  const pidFrom = async (child: ChildProcess): Promise<number> => {
    for await (const line of child.stdout!) return Number(String(line));
    throw new Error('The runner ended without a word.');
  };

  test('stops every part and removes the folder when its process is killed', async () => {
    mkdirSync(folder, { recursive: true });
    const child = runner();
    const pid = await pidFrom(child);
    expect(JSON.parse(readFileSync(join(folder, 'run', 'sleeper.json'), 'utf8'))).toMatchObject({ pid });
    child.kill('SIGKILL');
    expect(await waitUntil(() => !isRunning(pid), 20_000)).toBe(true);
    expect(await waitUntil(() => !existsSync(folder), 5_000)).toBe(true);
  });

  test('leaves everything alone after an end in order', async () => {
    mkdirSync(folder, { recursive: true });
    const child = runner();
    await pidFrom(child);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    expect(await waitUntil(() => !existsSync(folder), 1_500)).toBe(false);
  });
});

test('without Go the production-like set says what is missing, and where to get it', async () => {
  const obtaining = obtainTemporalBinaries({ PATH: folder, XDG_CACHE_HOME: folder }, undefined, () => {});
  await expect(obtaining).rejects.toThrow(/Go is not on PATH.*Install Go 1\.26 or newer \(https:\/\/go\.dev\/dl\)/);
});
