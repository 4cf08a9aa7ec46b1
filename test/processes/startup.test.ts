import { expect, inject, it } from 'vitest';
import { freePort } from '../../tools/local/ports.ts';
import { cutterTo, through } from '../support/cutter.ts';
import { createTestDatabase } from '../support/database.ts';
import { startNode } from '../support/processes.ts';

it('an API that starts while the database is away waits for it', async () => {
  const database = await createTestDatabase();
  const { hostname: host, port } = new URL(database.url);
  const cutter = await cutterTo({ host, port: Number(port) });
  cutter.cut();
  const own = await freePort();
  const api = startNode('src/api/main.ts', {
    DATABASE_URL: through(cutter, database.url),
    PORT: String(own),
    ADMIN_EMAIL: 'first@example.org',
    ADMIN_PASSWORD: 'long enough',
  });
  try {
    await api.logged('the database cannot be reached yet');
    cutter.mend();
    await api.logged('the API listens');
    const answer = await fetch(`http://127.0.0.1:${own}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'first@example.org', password: 'long enough' }),
    });
    expect(answer.status).toBe(201);
  } finally {
    expect(await api.stop()).toBe(0);
    await cutter.stop();
    await database.drop();
  }
});

it('a worker that loses Temporal between its connection and its first poll waits for it', async () => {
  const database = await createTestDatabase();
  const [host, port] = inject('temporalAddress').split(':');
  const cutter = await cutterTo({ host: host!, port: Number(port) });
  const worker = startNode('src/activities/main.ts', {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: `127.0.0.1:${cutter.port}`,
    LOG_LEVEL: 'debug',
  });
  try {
    await worker.logged('bundling the workflows');
    cutter.cut();
    await worker.logged('the worker waits for it');
    cutter.mend();
    await worker.logged('the worker runs');
  } finally {
    expect(await worker.stop()).toBe(0);
    await cutter.stop();
    await database.drop();
  }
}, 90_000);
