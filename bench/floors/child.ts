import type { ChildProcess } from 'node:child_process';

/** Resolves with what a child process tells under this name. @throws Error when it ends before, or does not in time */
export function told<T>(child: ChildProcess, name: string, withinMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`A process of the floor did not start: ${child.spawnfile}.`)),
      withinMs,
    );
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`A process of the floor has ended: ${child.spawnargs.join(' ')}.`)));
    child.on('message', (message: Record<string, T>) => {
      const value = message[name];
      if (value === undefined) return;
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** Ends a child process at once; resolves when it is gone. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
