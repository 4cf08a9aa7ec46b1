import { createServer } from 'node:net';
import type { TelemetryOptions } from '@temporalio/worker';

/** The figures of Temporal's own SDK: task failures, pollers, the time until a task is taken up. */
export interface SdkMetrics {
  /** For `Runtime.install`: the SDK serves its figures on a port of its own, on loopback. */
  readonly options: NonNullable<TelemetryOptions['metrics']>;
  /** Reads them; rejects where they cannot be read. */
  read(): Promise<string>;
}

const deadlineMs = 1_000;

/** Finds a place for them on loopback, to be read by this process alone. */
export async function sdkMetrics(): Promise<SdkMetrics> {
  const bindAddress = `127.0.0.1:${await freePort()}`;
  return {
    options: {
      prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
      attachServiceName: false,
    },
    async read() {
      const response = await fetch(`http://${bindAddress}/metrics`, { signal: AbortSignal.timeout(deadlineMs) });
      if (!response.ok) throw new Error(`the figures of the SDK answered ${response.status}`);
      return response.text();
    },
  };
}

/** The SDK takes an address and does not tell which port it got. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
