import type { ProductionLikeSet } from '../tools/productionLike/set.ts';
import { cloneRows } from './cloning.ts';
import { createAgents, createdBy, createSector, type Sector, signInAdmin } from './company.ts';
import type { Database } from './database.ts';
import type { Http } from './http.ts';
import { startOwnApi } from './ownApi.ts';

const SECTORS = 8;
const AGENTS_OF_A_SECTOR = 2;
const SAMPLED_ROUNDS = 250;

/** A database of a certain size with an API of its own. Nothing drives its conversations: they are only read. */
export interface Sized {
  readonly http: Http;
  /** Of agents, each a member of one of the sectors. */
  readonly tokens: readonly string[];
  /** Some of them, of all ages: `ids[n]` may be seen by `tokens[m]` where n and m are alike modulo 8. */
  readonly ids: readonly string[];
  stop(): Promise<void>;
}

/** Makes the database, starts its API and fills it. */
export const startSized = (
  set: ProductionLikeSet,
  name: string,
  conversations: number,
  tell: (line: string) => void,
): Promise<Sized> =>
  startOwnApi(set, name, ({ http, database }) => {
    tell(`  filling a database with ${conversations.toLocaleString('en')} conversations`);
    return fill(http, database, conversations);
  });

/** Half of them closed; the rest waiting, open and assigned (twice as many); alike in every sector, whatever the number. */
async function fill(http: Http, database: Database, conversations: number): Promise<Pick<Sized, 'tokens' | 'ids'>> {
  const create = createdBy(http, await signInAdmin(http));
  const sectors: Sector[] = [];
  for (let n = 0; n < SECTORS; n++)
    sectors.push(await createSector(create, { name: `Setor ${n}`, distribution: { mode: 'manual' } }));
  const agents = await createAgents(
    create,
    database,
    Array.from({ length: SECTORS * AGENTS_OF_A_SECTOR }, (_unused, n) => [sectors[n % SECTORS]!.id]),
    'agente',
  );
  const first = sectors[0]!;
  await http.ask(0, {
    method: 'POST',
    path: `/v1/channels/${first.channelId}/messages`,
    token: first.channelKey,
    body: { contact: { externalId: 'template', name: 'Contato' }, message: { id: 'template', text: 'Bom dia!' } },
  });
  await database.rows(
    `create table seed as
     select i, gen_random_uuid() as id, gen_random_uuid() as contact_id, (i % ${SECTORS}) + 1 as sector,
            (array['closed', 'waiting', 'closed', 'open', 'closed', 'assigned', 'closed', 'assigned'])[(i / ${SECTORS}) % 8 + 1] as kind,
            (i % ${SECTORS}) + ${SECTORS} * ((i / ${SECTORS * 8}) % ${AGENTS_OF_A_SECTOR}) + 1 as agent,
            date_trunc('milliseconds', now()) - i * interval '1 second' as at
       from generate_series(1, ${conversations}) as i`,
  );
  await cloneRows(database, {
    table: 'contact',
    template: 'select * from contact limit 1',
    from: 'seed s',
    columns: { id: 's.contact_id', external_id: `'contact ' || s.i`, name: `'Contato ' || s.i`, created_at: 's.at' },
  });
  const listed = (ids: readonly string[]): string => `(array['${ids.join(`', '`)}']::uuid[])`;
  const owner = `${listed(agents.map(({ id }) => id))}[s.agent]`;
  await cloneRows(database, {
    table: 'conversation',
    template: 'select * from conversation limit 1',
    from: 'seed s',
    columns: {
      id: 's.id',
      contact_id: 's.contact_id',
      status: `case s.kind when 'closed' then 'closed' else 'active' end`,
      state: `nullif(s.kind, 'closed')`,
      reason: `case s.kind when 'waiting' then 'manual' when 'open' then 'nobody-available' end`,
      sector_id: `${listed(sectors.map(({ id }) => id))}[s.sector]`,
      channel_id: `${listed(sectors.map(({ channelId }) => channelId))}[s.sector]`,
      owner_id: `case s.kind when 'assigned' then ${owner} end`,
      last_owner_id: `case when s.kind in ('assigned', 'closed') then ${owner} end`,
      closed_at: `case s.kind when 'closed' then s.at end`,
      waiting_since: 's.at',
      state_since: 's.at',
      created_at: 's.at',
      last_message_at: 's.at',
    },
  });
  await database.rows('vacuum analyze contact');
  await database.rows('vacuum analyze conversation');
  // Whole rounds of the sectors, from the newest to the oldest.
  const step = Math.floor(conversations / SECTORS / SAMPLED_ROUNDS) | 1;
  const active = await database.rows<{ id: string }>(
    `select id from seed
      where kind <> 'closed' and (i / ${SECTORS}) % ${step} = 0 and i / ${SECTORS} < ${Math.floor(conversations / SECTORS)}
      order by i / ${SECTORS}, sector`,
  );
  await database.rows('drop table seed');
  return { tokens: agents.map(({ token }) => token), ids: active.map(({ id }) => id) };
}
