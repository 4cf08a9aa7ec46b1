import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { SectorStanding } from '../../src/domain/conversation/standing.ts';
import { installRuntime } from '../support/world.ts';

let native: NativeConnection;
let connection: Connection;
beforeAll(async () => {
  installRuntime();
  const address = inject('temporalAddress');
  native = await NativeConnection.connect({ address });
  connection = await Connection.connect({ address });
});
afterAll(async () => {
  await connection.close();
  await native.close();
});

it('R24: an opening comes in time, also when those who wait were being told of changed hours shortly before', async () => {
  const taskQueue = `test-${randomUUID()}`;
  const observedAt: number[] = [];
  const opensInMs = 2_500;
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: { codePath: inject('workflowBundle') },
    activities: {
      observeHours(): SectorStanding {
        observedAt.push(Date.now());
        const isOpen = observedAt.length > 1;
        const left = isOpen ? null : opensInMs;
        return { status: 'live', open: isOpen, queueDue: false, changesAt: null, changesInMs: left };
      },
      /** A crowd: it takes its time to tell everybody. */
      serveQueue: () => sleep(1_800).then(() => null),
    },
  });
  const client = new Client({ connection });
  await worker.runUntil(async () => {
    const handle = await client.workflow.signalWithStart('sector', {
      workflowId: `sector-${randomUUID()}`,
      taskQueue,
      args: [{ sectorId: randomUUID() }],
      signal: 'hoursChanged',
      signalArgs: [],
    });
    await expect.poll(() => observedAt.length, { timeout: 15_000, interval: 20 }).toBeGreaterThan(1);
    await handle.terminate();
  });
  const [first = 0, second = 0] = observedAt;
  // Too early is no harm: it looks again.
  expect(second - first).toBeGreaterThan(opensInMs - 700);
  expect(second - first).toBeLessThan(opensInMs + 1_200);
});
