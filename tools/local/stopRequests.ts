/** How somebody asks the platform to stop. */
export interface StopRequests {
  /** Aborted by the first Ctrl-C (or SIGTERM, SIGHUP), and when the process that started us is gone. */
  requested: AbortSignal;
  /** Resolves at the second one. */
  forced: Promise<void>;
}

/** Begins to listen; from here on the signals no longer end this process by themselves. */
export function listenForStop(): StopRequests {
  const controller = new AbortController();
  let force: () => void = () => {};
  const forced = new Promise<void>((resolve) => {
    force = resolve;
  });
  const ask = (): void => {
    if (controller.signal.aborted) {
      console.log('Forcing …');
      force();
    } else {
      controller.abort(new Error('Stopping was asked for.'));
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  process.once('disconnect', () => {
    if (!controller.signal.aborted) ask();
  });
  // The terminal may be gone; stopping in order matters more than what is printed about it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return { requested: controller.signal, forced };
}
