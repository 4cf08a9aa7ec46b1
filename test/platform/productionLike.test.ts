import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stablePort } from '../../tools/productionLike/stablePort.ts';
import { TEMPORAL_SERVER_VERSION } from '../../tools/productionLike/temporalBinaries.ts';
import { temporalConfig, temporalDynamicConfig } from '../../tools/productionLike/temporalConfig.ts';
import { temporalPorts } from '../../tools/productionLike/temporalOnPostgres.ts';

test('the Temporal server that is built is the one whose name its file in the cache has', () => {
  const module = readFileSync(new URL('../../tools/temporalServer/go.mod', import.meta.url), 'utf8');
  expect(module).toContain(`go.temporal.io/server v${TEMPORAL_SERVER_VERSION}`);
});

test('ports of parts lie where no outgoing connection and no column of Temporal stands in the way', async () => {
  const first = await stablePort();
  const ports = await temporalPorts(first, []);
  const all = Object.values(ports).flatMap(({ grpc, membership }) => [grpc, membership]);
  expect(new Set(all).size).toBe(8);
  expect(ports.frontend.grpc).toBe(first);
  for (const port of all) expect(port).toBeLessThan(32_768);
});

test('the server keeps everything in PostgreSQL, on loopback, with ids that fit its columns', async () => {
  const config = JSON.parse(
    temporalConfig({
      postgres: { port: 25_432, user: 'postgres', password: 'secret' },
      ports: await temporalPorts(27_233, []),
      dynamicConfig: '/folder/dynamic.json',
    }),
  ) as {
    persistence: { datastores: Record<string, { sql: Record<string, unknown> }> };
    services: Record<string, { rpc: { bindOnLocalHost: boolean } }>;
  };
  const stores = Object.values(config.persistence.datastores).map(({ sql }) => [sql['pluginName'], sql['connectAddr']]);
  expect(stores).toEqual([
    ['postgres12_pgx', '127.0.0.1:25432'],
    ['postgres12_pgx', '127.0.0.1:25432'],
  ]);
  for (const { rpc } of Object.values(config.services)) expect(rpc.bindOnLocalHost).toBe(true);
  expect(JSON.parse(temporalDynamicConfig())).toMatchObject({ 'limit.maxIDLength': [{ value: 255 }] });
});
