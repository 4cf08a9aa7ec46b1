// Waits for the end of whoever started it (guard.ts), and clears up if that was no end in order.
import { rmSync } from 'node:fs';
import { stopLeftovers } from '../local/leftovers.ts';
import type { GuardOrders } from './guard.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
let told = '';
for await (const chunk of process.stdin) told += String(chunk);
if (told === '') {
  const { runFolder, order, remove } = JSON.parse(process.argv[2] ?? '{}') as GuardOrders;
  await stopLeftovers(runFolder, order);
  if (remove !== null) rmSync(remove, { recursive: true, force: true });
}
