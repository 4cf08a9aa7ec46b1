import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type Options } from '@mikro-orm/postgresql';
import { type Pool, types } from 'pg';
import { fileURLToPath } from 'node:url';
import { entities } from './entities/index.ts';
import { reclaimEndedConnections } from './poolGuard.ts';
import { prepareFrequent } from './prepared.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections of this process. */
  readonly poolSize?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** `false`: statements may last (migrations). */
  readonly bounded?: boolean;
  /** Gets the pool of connections as soon as there is one: for its figures. */
  readonly onPool?: (pool: Pool) => void;
}

// Dates arrive as `Date` and counters as numbers on every way out of the driver, joined and aliased columns included.
const parsers: Partial<Record<number, (text: string) => unknown>> = {
  [types.builtins.TIMESTAMPTZ]: (text) => new Date(text),
  [types.builtins.INT8]: Number,
};
const typeParsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? (types.getTypeParser(oid, format) as (text: string) => unknown),
};

/** The configuration of the object-relational mapper: also what generates and checks the migrations. */
export const ormConfig = (options: DatabaseOptions): Options =>
  defineConfig({
    entities: [...entities],
    clientUrl: options.url,
    extensions: [Migrator],
    forceUtcTimezone: true,
    pool: { min: 0, max: options.poolSize ?? 10 },
    driverOptions: {
      types: typeParsers,
      application_name: options.applicationName ?? 'rodizio',
      connectionTimeoutMillis: 3_000,
      onPoolCreated: (pool: Pool) => {
        reclaimEndedConnections(pool);
        prepareFrequent(pool);
        options.onPool?.(pool);
      },
      // A step is short; whatever lasts longer is refused and tried again rather than piling up.
      ...(options.bounded === false
        ? {}
        : { options: '-c lock_timeout=1000 -c statement_timeout=2000 -c idle_in_transaction_session_timeout=10000' }),
    },
    // Those of the audit and of the sequencer are written by hand in migrations.
    schemaGenerator: { ignoreTriggers: true, ignoreRoutines: true },
    migrations: {
      path: fileURLToPath(new URL('./migrations', import.meta.url)),
      fileName: (timestamp, name) => `${timestamp}${name ? `_${name}` : ''}`,
      emit: 'ts',
      snapshot: true,
      snapshotName: 'snapshot',
      // Written with a new migration only: whoever migrates a database changes no file of ours.
      snapshotOnMigrate: false,
      transactional: true,
    },
  });

/** Connects lazily: a database that is away shows with the first statement, not here. */
export const openDatabase = async (options: DatabaseOptions): Promise<MikroORM> => MikroORM.init(ormConfig(options));
