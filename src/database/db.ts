import type { MikroORM } from '@mikro-orm/postgresql';
import type { entities } from './entities/index.ts';
import type { InferKyselyDB } from '@mikro-orm/sql';
import type { Kysely } from 'kysely';

const kyselyOptions = {
  tableNamingStrategy: 'table',
  columnNamingStrategy: 'property',
  convertValues: true,
} as const;

/** Typed SQL over the entities: table names as in the database, columns by their property names. */
export type Database = InferKyselyDB<(typeof entities)[number], typeof kyselyOptions>;
export type Db = Kysely<Database>;
export type EntityManager = MikroORM['em'];

/** The query builder of an entity manager; inside a transaction it is bound to that transaction. */
export const dbOf = (em: EntityManager): Db => em.getKysely<Database>(kyselyOptions);
