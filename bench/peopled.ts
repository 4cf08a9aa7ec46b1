import type { ProductionLikeSet } from '../tools/productionLike/set.ts';
import { cloneRows } from './cloning.ts';
import { ADMIN_EMAIL, createAgents, createdBy, createSector, type Sector, signInAdmin } from './company.ts';
import type { Database } from './database.ts';
import type { Http } from './http.ts';
import { type OwnApi, startOwnApi } from './ownApi.ts';

/** How many people, sectors and rules a company has. */
export interface Scale {
  readonly users: number;
  readonly sectors: number;
  readonly contacts: number;
  readonly rules: number;
}

/** The small company. It is part of every other one, so that what grows around it is all that differs. */
export const SMALL: Scale = { users: 20, sectors: 4, contacts: 500, rules: 5 };

/** A company of a certain scale. Whoever asks, and what is asked for, belongs to the part that is alike in all. */
export interface Peopled extends OwnApi {
  readonly adminToken: string;
  /** Agents of two or three of the sectors each. */
  readonly tokens: readonly string[];
  readonly sectors: readonly Sector[];
  /** Contacts, each with an owner: contact `n` is in the portfolio of who has `tokens[n % tokens.length]`. */
  readonly contacts: readonly { readonly name: string; readonly number: string }[];
}

/** What is active is alike in all: the APIs look after it with equal effort. */
const WAITS = `s.i < ${SMALL.contacts}`;

const FIRST =
  'Ana Bia Caio Davi Enzo Fábio Gil Hugo Igor João Kátia Lia Maria Nina Otto Paulo Rita Sara Tiago Vera'.split(' ');
const LAST =
  'Abreu Barros Castro Dias Esteves Farias Gomes Horta Ibarra Jardim Lima Melo Nunes Ortiz Pires Queiroz Reis Souza Teles Uchoa Vieira Xavier Zanetti Rocha Prado'.split(
    ' ',
  );

/** Makes the database, starts its API and fills it. */
export const startPeopled = (
  set: ProductionLikeSet,
  name: string,
  scale: Scale,
  tell: (line: string) => void,
): Promise<Peopled> =>
  startOwnApi(set, name, ({ http, database }) => {
    tell(`  filling a company of ${scale.users.toLocaleString('en')} users`);
    return fill(http, database, scale);
  });

async function fill(http: Http, database: Database, scale: Scale): Promise<Omit<Peopled, keyof OwnApi>> {
  const adminToken = await signInAdmin(http);
  const create = createdBy(http, adminToken);
  const sectors: Sector[] = [];
  for (let n = 0; n < SMALL.sectors; n++)
    sectors.push(await createSector(create, { name: `Setor ${n}`, distribution: { mode: 'sequential' } }));
  const agents = await createAgents(
    create,
    database,
    Array.from({ length: SMALL.users }, (_unused, n) =>
      Array.from({ length: 2 + (n % 2) }, (_unused, k) => sectors[(n + k) % sectors.length]!.id),
    ),
    'agente',
  );
  await addPeople(database, scale);
  await addContacts(http, database, sectors, scale);
  await create('/v1/automation-rules', {
    name: 'Regra 1',
    event: 'conversation.created',
    conditions: [{ kind: 'text-contains', text: 'bom dia' }],
    actions: [{ kind: 'set-priority', priority: 'high' }],
  });
  await addRules(database, scale);
  for (const table of ['users', 'sector', 'sector_member', 'contact', 'conversation', 'automation_rule'])
    await database.rows(`vacuum analyze ${table}`);
  return {
    adminToken,
    sectors,
    tokens: agents.map(({ token }) => token),
    contacts: await database.rows(
      `select name, external_id as number from contact where external_id like '+5511%' order by created_at desc limit ${SMALL.contacts}`,
    ),
  };
}

/** Sectors beside those of the small company, and users who are in two or three of them each. */
async function addPeople(database: Database, { users, sectors }: Scale): Promise<void> {
  const more = { users: users - SMALL.users, sectors: sectors - SMALL.sectors };
  if (more.sectors === 0) return;
  await database.rows(
    `create table seed_sector as select i, gen_random_uuid() as id from generate_series(0, ${more.sectors - 1}) as i`,
  );
  await cloneRows(database, {
    table: 'sector',
    template: `select * from sector where name = 'Setor 0'`,
    from: 'seed_sector s',
    columns: { id: 's.id', slug: `'mais-' || s.i`, name: `'Mais ' || s.i`, position: `${SMALL.sectors} + s.i` },
  });
  await cloneRows(database, {
    table: 'sector_hours',
    template: 'select * from sector_hours limit 1',
    from: 'seed_sector s',
    columns: { id: `nextval(pg_get_serial_sequence('sector_hours', 'id'))`, sector_id: 's.id' },
  });
  await database.rows(
    `create table seed_user as select i, gen_random_uuid() as id from generate_series(0, ${more.users - 1}) as i`,
  );
  await cloneRows(database, {
    table: 'users',
    template: `select * from users where name = 'agente 0'`,
    from: 'seed_user s',
    columns: {
      id: 's.id',
      name: `'Colega ' || s.i`,
      email: `'colega' || s.i || '@bench.example'`,
      created_at: `date_trunc('milliseconds', now()) + s.i * interval '1 millisecond'`,
    },
  });
  await database.rows(
    `insert into sector_member (sector_id, user_id, functions)
     select s.id, u.id, array['agent'] from seed_user u cross join generate_series(0, 2) as k
       join seed_sector s on s.i = (u.i + k * 67) % ${more.sectors} where k < 2 + u.i % 2`,
  );
}

/** Contacts with tags and owners, the newest those of the small company; every fifth has a conversation, which waits in the small company. */
async function addContacts(
  http: Http,
  database: Database,
  sectors: readonly Sector[],
  { users, sectors: allSectors, contacts }: Scale,
): Promise<void> {
  const first = sectors[0]!;
  await http.ask(0, {
    method: 'POST',
    path: `/v1/channels/${first.channelId}/messages`,
    token: first.channelKey,
    body: { contact: { externalId: 'template', name: 'Contato' }, message: { id: 'template', text: 'Olá!' } },
  });
  // Counted from 0; whoever and whatever comes first is of the small company.
  await database.rows(
    `create table seed as
     select i, gen_random_uuid() as id, gen_random_uuid() as contact_id,
            date_trunc('milliseconds', now()) - i * interval '1 second' as at,
            case when i < ${SMALL.contacts} or ${users} = ${SMALL.users} then i % ${SMALL.users}
                 else ${SMALL.users} + i % greatest(${users - SMALL.users}, 1) end as owner,
            case when i < ${SMALL.contacts} or ${allSectors} = ${SMALL.sectors} then (i / 5) % ${SMALL.sectors}
                 else ${SMALL.sectors} + (i / 5) % greatest(${allSectors - SMALL.sectors}, 1) end as sector
       from generate_series(0, ${contacts - 1}) as i`,
  );
  const texts = (list: readonly string[]): string => `(array['${list.join(`', '`)}'])`;
  await cloneRows(database, {
    table: 'contact',
    template: 'select * from contact limit 1',
    from: `seed s join (select id, row_number() over (order by created_at, id) - 1 as n from users where email <> '${ADMIN_EMAIL}') o on o.n = s.owner`,
    columns: {
      id: 's.contact_id',
      external_id: `'+5511' || (900000000 + (s.i::bigint * 7919003) % 99999989)`,
      name: `${texts(FIRST)}[s.i % ${FIRST.length} + 1] || ' ' || ${texts(LAST)}[s.i / ${FIRST.length} % ${LAST.length} + 1]`,
      tags: `array['cliente', 'grupo ' || s.i % 50]`,
      owner_id: 'o.id',
      owner_since: 's.at',
      created_at: 's.at',
    },
  });
  await cloneRows(database, {
    table: 'conversation',
    template: 'select * from conversation limit 1',
    from: `(select * from seed where i % 5 = 0) s join (select id, row_number() over (order by position, id) - 1 as n from sector) x on x.n = s.sector`,
    columns: {
      id: 's.id',
      contact_id: 's.contact_id',
      sector_id: 'x.id',
      status: `case when ${WAITS} then 'active' else 'closed' end`,
      state: `case when ${WAITS} then t.state end`,
      reason: `case when ${WAITS} then t.reason end`,
      closed_at: `case when ${WAITS} then null else s.at end`,
      waiting_since: 's.at',
      state_since: 's.at',
      created_at: 's.at',
      last_message_at: 's.at',
    },
  });
}

/** Rules beside the one that matches: on the two events of a first message, for words that nobody writes. */
async function addRules(database: Database, { rules }: Scale): Promise<void> {
  await cloneRows(database, {
    table: 'automation_rule',
    template: 'select * from automation_rule limit 1',
    from: `generate_series(2, ${rules}) as s (i)`,
    columns: {
      id: 'gen_random_uuid()',
      position: 's.i',
      name: `'Regra ' || s.i`,
      event: `case when s.i % 2 = 0 then 'conversation.created' else 'message.received' end`,
      conditions: `jsonb_build_array(jsonb_build_object('kind', 'status', 'status', 'active'),
                     jsonb_build_object('kind', 'text-contains', 'text', 'pedido do produto ' || s.i))`,
      actions: `jsonb_build_array(jsonb_build_object('kind', 'set-priority', 'priority', 'high'),
                  jsonb_build_object('kind', 'send-message', 'text', 'Obrigado pelo interesse no produto ' || s.i))`,
    },
  });
}
