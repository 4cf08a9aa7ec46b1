import type { EntityName, MikroORM } from '@mikro-orm/postgresql';
import type { entities } from './entities/index.ts';
import { type InferKyselyDB, MikroKyselyPlugin } from '@mikro-orm/sql';
import { type Kysely, type PluginTransformQueryArgs, type RawBuilder, sql } from 'kysely';

const kyselyOptions = {
  tableNamingStrategy: 'table',
  columnNamingStrategy: 'property',
  convertValues: true,
} as const;

/** Typed SQL over the entities: table names as in the database, columns by their property names. */
export type Database = InferKyselyDB<(typeof entities)[number], typeof kyselyOptions>;
export type Db = Kysely<Database>;
export type EntityManager = MikroORM['em'];

/** Names and values of the entities for built queries. What is written as SQL says itself what it means. */
class EntityNames extends MikroKyselyPlugin {
  override transformQuery(args: PluginTransformQueryArgs): ReturnType<MikroKyselyPlugin['transformQuery']> {
    return args.node.kind === 'RawNode' ? args.node : super.transformQuery(args);
  }
}

/** The query builder of an entity manager; inside a transaction it is bound to that transaction. */
export const dbOf = (em: EntityManager): Db => em.getKysely<Database>().withPlugin(new EntityNames(em, kyselyOptions));

const columnLists = new WeakMap<MikroORM, Map<string, RawBuilder<unknown>>>();

/** All columns of an entity by the names of their properties, each named: `"c"."owner_id" as "ownerId", …`. */
export function columnsOf(orm: MikroORM, entity: (typeof entities)[number], alias: string): RawBuilder<unknown> {
  const lists = columnLists.get(orm) ?? new Map<string, RawBuilder<unknown>>();
  columnLists.set(orm, lists);
  const key = `${alias} ${entity.meta.className}`;
  const known = lists.get(key);
  if (known) return known;
  const { props } = orm.getMetadata().get<object>(entity as EntityName<object>);
  const columns = sql.join(
    props.flatMap(({ name, fieldNames: [column] }) =>
      column ? [sql`${sql.ref(`${alias}.${column}`)} as ${sql.id(name)}`] : [],
    ),
  );
  lists.set(key, columns);
  return columns;
}
