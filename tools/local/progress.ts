const REMIND_EVERY_MS = 10_000;

/** Where a long step tells what it does. */
export type Say = (line: string) => void;

/** Prints one line. */
export const say: Say = (line) => {
  console.log(line);
};

/** Seconds since `startedAt` (of `performance.now`), for people: "0.8 s", "75 s". */
export function elapsed(startedAt: number): string {
  const seconds = (performance.now() - startedAt) / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

/** Runs `work`; while it takes long, says every ten seconds that it is still on. */
export async function withProgress<T>(what: string, work: () => Promise<T>, tell: Say = say): Promise<T> {
  const startedAt = performance.now();
  const ticker = setInterval(() => tell(`  ${what}: still on, ${elapsed(startedAt)} …`), REMIND_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
  }
}

/** Runs a step of the start, and says that it is done and how long it took. */
export async function step<T>(what: string, work: () => Promise<T>, tell: Say = say): Promise<T> {
  const startedAt = performance.now();
  const result = await withProgress(what, work, tell);
  tell(`✓ ${what} (${elapsed(startedAt)})`);
  return result;
}
