import { readFileSync } from 'node:fs';
import type { MikroORM } from '@mikro-orm/postgresql';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { dbOf } from '../database/db.ts';
import { exposition, keptFor, type Source } from './exposition.ts';
import { createInstallationMetrics } from './installation.ts';
import { createOutboxMetrics } from './outbox.ts';
import { createPoolMetrics } from './pool.ts';
import { createStepMetrics } from './steps.ts';

/** How long what is read from tables and asked of other parts is told again: scrapers may be several. */
const keptMs = 5_000;

/** All that a process of Rodízio measures. */
export type ProcessMetrics = ReturnType<typeof createProcessMetrics>;

/** Measures of one process, with those that Node itself gives. `buildId`: that of a worker's versioning. */
export function createProcessMetrics(name: 'api' | 'worker', buildId = '') {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const build = new Gauge({
    name: 'rodizio_build_info',
    help: 'Always 1: which version runs as what.',
    labelNames: ['process', 'version', 'build'],
    registers: [registry],
  });
  build.set({ process: name, version: packageVersion(), build: buildId }, 1);
  return {
    registry,
    steps: createStepMetrics(registry),
    outbox: createOutboxMetrics(registry),
    pool: createPoolMetrics(registry),
  };
}

/** The text of a process: its own measures, its parts, and whatever else there is to tell. */
export function metricsText(
  { registry }: ProcessMetrics,
  parts: () => Promise<Readonly<Record<string, boolean>>>,
  more: Readonly<Record<string, Source>>,
): Source {
  return exposition({ process: () => registry.metrics(), parts: partsSource(parts), ...more });
}

/** How the installation stands, from its tables. */
export function installationSource(orm: MikroORM): Source {
  const registry = new Registry();
  const { read } = createInstallationMetrics(registry);
  return keptFor(keptMs, async () => {
    await read(dbOf(orm.em.fork()));
    return registry.metrics();
  });
}

function partsSource(parts: () => Promise<Readonly<Record<string, boolean>>>): Source {
  const registry = new Registry();
  const up = new Gauge({
    name: 'rodizio_part_up',
    help: '1 for each part that is as this process needs it, as its /health/ready tells.',
    labelNames: ['part'],
    registers: [registry],
  });
  return keptFor(keptMs, async () => {
    for (const [part, isUp] of Object.entries(await parts())) up.set({ part }, isUp ? 1 : 0);
    return registry.metrics();
  });
}

function packageVersion(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { readonly version: string }).version;
}
