import type { Bench } from '../bench.ts';
import { type Figure, figure } from '../figures.ts';
import type { Asked } from '../http.ts';
import { type Job, linesOf, runLines } from '../load.ts';
import { startBoth } from '../ownApi.ts';
import { type Peopled, type Scale, SMALL, startPeopled } from '../peopled.ts';
import { untilIdle } from '../quiet.ts';
import type { Block } from '../samples.ts';

const LARGE: Scale = { users: 2_000, sectors: 200, contacts: 50_000, rules: 500 };
const REQUESTS = 240;
const CALLERS = 4;
/** Where nothing need grow with the company. */
const ALIKE = 1.5;
/** Every rule has to be looked at, a hundred times as many. */
const RULES = 3;

interface Request {
  readonly name: string;
  /** How many times as long it may take in the large company; `null`: told for information. */
  readonly most: number | null;
  readonly asked: (company: Peopled, number: number) => Asked;
}

const get =
  (path: (company: Peopled, number: number) => string, by: 'agent' | 'admin' = 'agent') =>
  (company: Peopled, number: number): Asked => ({
    method: 'GET',
    path: path(company, number),
    token: by === 'admin' ? company.adminToken : company.tokens[number % company.tokens.length]!,
  });

/** One of the small company's contacts, of the portfolio of whoever asks. */
const contactOf = ({ contacts }: Peopled, number: number) => contacts[number % contacts.length]!;
const byName = (company: Peopled, number: number): string =>
  `/v1/contacts?q=${encodeURIComponent(contactOf(company, number).name)}`;
const byNumber = (company: Peopled, number: number): string =>
  `/v1/contacts?q=${contactOf(company, number).number.slice(-9)}`;
const sectorOf = ({ sectors }: Peopled, number: number) => sectors[number % sectors.length]!;

let messages = 0;
const begin = (company: Peopled, number: number): Asked => {
  const { channelId, channelKey } = sectorOf(company, number);
  const id = `${process.pid} ${++messages}`;
  return {
    method: 'POST',
    path: `/v1/channels/${channelId}/messages`,
    token: channelKey,
    body: { contact: { externalId: id, name: `Novo ${id}` }, message: { id, text: 'Bom dia! Quanto custa?' } },
  };
};

const requests: readonly Request[] = [
  { name: 'message that begins a conversation', most: RULES, asked: begin },
  { name: 'list: waiting in my sectors', most: ALIKE, asked: get(() => '/v1/conversations?view=sector&limit=30') },
  { name: 'me', most: ALIKE, asked: get(() => '/v1/me') },
  { name: 'users, a page of 20', most: ALIKE, asked: get(() => '/v1/users?limit=20', 'admin') },
  {
    name: 'users, a page of 50 (the small company fills 21)',
    most: null,
    asked: get(() => '/v1/users?limit=50', 'admin'),
  },
  { name: 'contacts by number', most: ALIKE, asked: get(byNumber) },
  { name: 'contacts by number, as administrator', most: ALIKE, asked: get(byNumber, 'admin') },
  { name: 'contacts by name', most: null, asked: get(byName) },
  { name: 'contacts by name, as administrator', most: null, asked: get(byName, 'admin') },
  { name: 'sectors of mine', most: null, asked: get(() => '/v1/sectors') },
  { name: 'sectors, as administrator', most: null, asked: get(() => '/v1/sectors', 'admin') },
  {
    name: 'rotation of a sector of the same size',
    most: ALIKE,
    asked: get((company, number) => `/v1/sectors/${sectorOf(company, number).id}/rotation`, 'admin'),
  },
  {
    name: 'simulate',
    most: ALIKE,
    asked: (company, number) => ({
      method: 'POST',
      path: `/v1/sectors/${sectorOf(company, number).id}/simulate`,
      token: company.adminToken,
      body: {},
    }),
  },
];

/** The everyday requests of a small company, and of the same company as a small part of a large one. */
export async function measurePeople(bench: Bench): Promise<Figure[]> {
  const { set, samples, quick, tell } = bench;
  const [small, large] = await startBoth(
    () => startPeopled(set, 'people_small', SMALL, tell),
    () => startPeopled(set, 'people_large', LARGE, tell),
  );
  const of = (name: string, { users }: Scale): string => `${name}, ${users.toLocaleString('en')} users`;
  try {
    const measure = (company: Peopled, { asked }: Request, count: number): Promise<Block> =>
      runLines(
        linesOf(
          Array.from({ length: count }, (_unused, number) => number),
          CALLERS,
          (number) => number,
        ).map((line, caller) =>
          line.map(
            (number): Job =>
              () =>
                company.http.ask(caller, asked(company, number)),
          ),
        ),
      );
    for (const request of requests)
      for (const company of [small, large]) await measure(company, request, quick ? 40 : REQUESTS);
    const companies = [
      [small, SMALL],
      [large, LARGE],
    ] as const;
    for (let block = 1; block <= bench.blocks; block++) {
      tell(`  people: block ${block} of ${bench.blocks}`);
      for (const request of requests) {
        // What the first leaves behind weighs on the second: they take turns.
        for (const [company, scale] of block % 2 === 1 ? companies : companies.toReversed()) {
          await untilIdle();
          samples.add(of(request.name, scale), CALLERS, await measure(company, request, quick ? 80 : REQUESTS));
        }
      }
    }
    return requests.flatMap(({ name, most }) =>
      (['p50', 'p99'] as const).map((share) =>
        figure({
          name: `${name}, ${share} with ${LARGE.users.toLocaleString('en')} users (floor: with ${SMALL.users})`,
          value: samples.summary(of(name, LARGE), CALLERS)[share],
          unit: 'ms',
          floor: samples.summary(of(name, SMALL), CALLERS)[share],
          ...(share === 'p99' && most !== null && { aims: [{ of: 'ratio', is: 'at most', limit: most } as const] }),
        }),
      ),
    );
  } finally {
    await small.stop();
    await large.stop();
  }
}
