/**
 * Begins to listen for Ctrl-C, SIGTERM, SIGHUP and the end of the process that started us: the first aborts the signal,
 * and a second one ends this process at once.
 */
export function listenForStop(): AbortSignal {
  const controller = new AbortController();
  const ask = (): void => {
    if (controller.signal.aborted) process.exit(130);
    console.log('\nStopping …');
    controller.abort(new Error('Stopping was asked for.'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  process.once('disconnect', () => {
    if (!controller.signal.aborted) ask();
  });
  // The terminal may be gone; putting the settings back matters more than what is printed about it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return controller.signal;
}
