import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A small house that breaks every wall once: each file with what it imports, and the rules that must complain. */
const broken: readonly [file: string, code: string, ...rules: string[]][] = [
  ['src/domain/clock.ts', `import { readFileSync } from 'node:fs'; void readFileSync;`, 'domain-is-pure'],
  ['src/domain/byTypeOnly.ts', `import type { Db } from '../database/db.ts'; export type D = Db;`, 'domain-is-pure'],
  ['src/domain/byInlineType.ts', `import { type Logger } from 'pino'; export type L = Logger;`, 'domain-is-pure'],
  [
    'src/domain/byDevPackage.ts',
    `import { test } from 'vitest'; void test;`,
    'domain-is-pure',
    'no-dev-packages-in-src',
  ],
  [
    'src/domain/unlisted.ts',
    `import { fromPairs } from '@ucast/core'; void fromPairs;`,
    'domain-is-pure',
    'not-in-package-json',
  ],
  [
    'src/domain/nowhere.ts',
    `import { nothing } from 'no-such-package'; void nothing;`,
    'domain-is-pure',
    'unresolvable',
  ],
  ['src/domain/secondIds.ts', `import { v7 } from 'uuid'; void v7;`, 'uuid-only-in-ids'],
  [
    'src/domain/secondZones.ts',
    `import { Temporal } from 'temporal-polyfill'; void Temporal;`,
    'time-zones-only-in-wall-time',
  ],
  ['src/workflows/code.ts', `import { fine } from '../domain/fine.ts'; void fine;`, 'workflows-take-only-types'],
  ['src/workflows/zodden.ts', `import { z } from 'zod'; void z;`, 'workflows-are-deterministic'],
  ['src/workflows/later.ts', `export const later = () => import('../database/db.ts');`, 'workflows-are-deterministic'],
  [
    'src/database/upwards.ts',
    `import type { Answer } from '../api/answer.ts'; export type A = Answer;`,
    'database-knows-domain',
  ],
  [
    'src/database/temporal.ts',
    `import { Client } from '@temporalio/client'; void Client;`,
    'one-file-talks-to-temporal',
    'temporal-stays-in-its-rooms',
  ],
  ['src/outbox/activity.ts', `export * from '../activities/port.ts';`, 'outbox-carries'],
  ['src/outbox/port.ts', `import type { Port } from '../workflows/ports.ts'; export type P = Port;`, 'outbox-carries'],
  [
    'src/activities/story.ts',
    `import type { Story } from '../workflows/zodden.ts'; export type S = Story;`,
    'activities-implement-ports',
  ],
  ['src/api/protocol.ts', `import { queue } from '../workflows/protocol.ts'; void queue;`, 'api-answers'],
  [
    'src/api/carrier.ts',
    `import type { Carrier } from '../outbox/carrier.ts'; export type C = Carrier;`,
    'api-answers',
  ],
  [
    'src/simulator/peek.ts',
    `import type { Db } from '../database/db.ts'; export type D = Db;`,
    'simulator-is-a-client',
  ],
  ['src/cellar/box.ts', `import { fine } from '../domain/fine.ts'; void fine;`, 'every-room-has-walls'],
  ['src/api/tested.ts', `import { fake } from '../../test/fake.ts'; void fake;`, 'nobody-imports-test', 'api-answers'],
  [
    'src/database/tool.ts',
    `import { tool } from '../../tools/tool.ts'; void tool;`,
    'src-imports-no-tools',
    'database-knows-domain',
  ],
  [
    'tools/productionLike/inside.ts',
    `import { client } from '../../src/outbox/temporal.ts'; void client;`,
    'production-like-starts-processes',
  ],
  ['bench/inside.ts', `import type { Db } from '../src/database/db.ts'; export type D = Db;`, 'bench-is-a-client'],
  ['bench/floors/workflow.ts', `import { inside } from '../inside.ts'; void inside;`, 'floors-are-bare'],
  ['chaos/inside.ts', `import type { Db } from '../src/database/db.ts'; export type D = Db;`, 'chaos-is-a-client'],
  [
    'chaos/checker/believing.ts',
    `import { fine } from '../../src/domain/fine.ts'; void fine;`,
    'checker-believes-nobody',
  ],
  ['src/domain/egg.ts', `import type { Hen } from './hen.ts'; export type Egg = Hen;`, 'no-cycles'],
  ['test/alone.ts', `export const alone = 1;`, 'no-orphans'],
];

/** And what is in order: nobody may complain about these. */
const sound: readonly [file: string, code: string][] = [
  // A cycle is named once, at the first of its files.
  ['src/domain/hen.ts', `import type { Egg } from './egg.ts'; export type Hen = Egg;`],
  ['src/domain/fine.ts', `import { z } from 'zod'; export const fine = z.string();`],
  ['src/domain/ids.ts', `import { v7 } from 'uuid'; export const id = v7;`],
  [
    'src/workflows/protocol.ts',
    `import type { fine } from '../domain/fine.ts'; export type Fine = typeof fine; export const queue = 'routing';`,
  ],
  ['src/workflows/ports.ts', `import type { Fine } from './protocol.ts'; export type Port = Fine;`],
  [
    'src/workflows/index.ts',
    `import { sleep } from '@temporalio/workflow'; import type { Port } from './ports.ts'; export const story = (port: Port) => { void port; return sleep(1); };`,
  ],
  [
    'src/database/db.ts',
    `import { Kysely } from 'kysely'; import { id } from '../domain/ids.ts'; void id; export type Db = Kysely<unknown>;`,
  ],
  [
    'src/outbox/temporal.ts',
    `import { Client } from '@temporalio/client'; import { queue } from '../workflows/protocol.ts'; void queue; export const client = Client;`,
  ],
  ['src/outbox/carrier.ts', `import type { Db } from '../database/db.ts'; export type Carrier = Db;`],
  [
    'src/activities/port.ts',
    `import type { Port } from '../workflows/ports.ts'; import type { Db } from '../database/db.ts'; export type P = [Port, Db];`,
  ],
  [
    'src/activities/main.ts',
    `import { Worker } from '@temporalio/worker'; import type { P } from './port.ts'; import type { Carrier } from '../outbox/carrier.ts'; void Worker; export type M = [P, Carrier];`,
  ],
  ['src/api/answer.ts', `import type { Db } from '../database/db.ts'; export type Answer = Db;`],
  [
    'src/api/main.ts',
    `import { client } from '../outbox/temporal.ts'; import type { Answer } from './answer.ts'; void client; export type A = Answer;`,
  ],
  ['test/fake.ts', `import { fine } from '../src/domain/fine.ts'; export const fake = fine;`],
  ['tools/tool.ts', `import { client } from '../src/outbox/temporal.ts'; export const tool = client;`],
];

/** What the linter must not let pass, beside the imports: each file with its code and the rule. */
const unclean: readonly [file: string, code: string, rule: string][] = [
  ['src/api/settings.ts', `export const url = process.env['DATABASE_URL'];`, 'node(no-process-env)'],
  ['src/api/printing.ts', `console.log('hello');`, 'eslint(no-console)'],
  ['src/api/forgotten.ts', `export async function later() {}\nlater();`, 'typescript(no-floating-promises)'],
  [
    'src/api/always.ts',
    `const soon = Promise.resolve(false);\nexport const always = soon ? 1 : 2;`,
    'typescript(no-misused-promises)',
  ],
  ['src/api/anything.ts', `export const any = (thing: any) => void thing;`, 'typescript(no-explicit-any)'],
  ['src/api/arrived.ts', `export const name: string = JSON.parse('{}');`, 'typescript(no-unsafe-assignment)'],
  ['src/api/hidden.ts', `export type Db = import('../database/db.ts').Db;`, 'typescript(consistent-type-imports)'],
  [
    'src/api/cases.ts',
    `export const n = (x: 'a' | 'b') => {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n};`,
    'typescript(switch-exhaustiveness-check)',
  ],
  [
    'src/workflows/zone.ts',
    `export const zone = () => new Intl.DateTimeFormat().format(0);`,
    'eslint(no-restricted-globals)',
  ],
  [
    'src/workflows/files.ts',
    `import { readFileSync } from 'node:fs';\nexport const read = readFileSync;`,
    'eslint(no-restricted-imports)',
  ],
  ['src/domain/present.ts', `export const present = () => Date.now();`, 'eslint(no-restricted-properties)'],
  ['test/only.test.ts', `import { it } from 'vitest';\nit.only('runs alone', () => {});`, 'vitest(no-focused-tests)'],
  ['test/skip.test.ts', `import { it } from 'vitest';\nit.skip('never runs', () => {});`, 'vitest(no-disabled-tests)'],
];

/** Composition roots read the environment; workflows have the time that Temporal gives them. */
const clean: readonly [file: string, code: string][] = [
  ['src/api/main.ts', `export const url = process.env['DATABASE_URL'];`],
  ['src/workflows/time.ts', `export const now = () => Date.now();`],
];

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

interface Finding {
  readonly code: string;
  readonly filename: string;
}

const houses: string[] = [];

/** Writes the files into a folder of their own, with the configuration and the packages of this one. */
function build(files: readonly (readonly [file: string, code: string, ...rest: string[]])[]): string {
  const house = mkdtempSync(join(tmpdir(), 'rodizio-walls-'));
  houses.push(house);
  for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.js', '.oxlintrc.json'])
    cpSync(join(ROOT, name), join(house, name));
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  for (const [file, code] of files) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), `${code}\n`);
  }
  return house;
}

afterAll(() => {
  for (const house of houses) rmSync(house, { recursive: true, force: true });
});

/** What a tool prints, whether or not it is content. */
async function outputOf(cwd: string, tool: string, ...args: readonly string[]): Promise<unknown> {
  const started = promisify(execFile)(process.execPath, [join(ROOT, 'node_modules', tool), ...args], {
    cwd,
    maxBuffer: 2 ** 26,
  });
  const { stdout } = await started.catch((error: unknown) => error as { stdout: string });
  return JSON.parse(stdout);
}

describe('the walls of the house stand', () => {
  let violations: Violation[];

  beforeAll(async () => {
    const args = [
      '--config',
      '.dependency-cruiser.js',
      '--output-type',
      'json',
      'src',
      'test',
      'tools',
      'chaos',
      'bench',
    ];
    const result = await outputOf(
      build([...broken, ...sound]),
      'dependency-cruiser/bin/dependency-cruiser.mjs',
      ...args,
    );
    violations = (result as { summary: { violations: Violation[] } }).summary.violations;
  });

  /** The rules that complain about what a file imports. That nobody needs it is another matter. */
  const complaints = (file: string): string[] =>
    [...new Set(violations.filter(({ from }) => from === file).map(({ rule }) => rule.name))]
      .filter((name) => name !== 'no-dead-files')
      .toSorted();

  test.each(broken)('%s: %s', (file, _code, ...rules) => {
    expect(complaints(file)).toEqual(rules.toSorted());
  });

  test.each(sound)('%s is in order', (file) => {
    expect(complaints(file)).toEqual([]);
  });

  test('a file that no process needs is named', () => {
    const dead = new Set(violations.filter(({ rule }) => rule.name === 'no-dead-files').map(({ to }) => to));
    expect(dead).toContain('src/domain/egg.ts');
    expect(dead).not.toContain('src/database/db.ts');
  });
});

describe('the linter looks, with types', () => {
  let findings: Finding[];

  beforeAll(async () => {
    const house = build([...unclean, ...clean, ['src/database/db.ts', 'export type Db = string;']]);
    const result = await outputOf(house, 'oxlint/bin/oxlint', '--type-aware', '--format', 'json');
    findings = (result as { diagnostics: Finding[] }).diagnostics;
  });

  const codes = (file: string): string[] =>
    findings.filter(({ filename }) => filename === file).map(({ code }) => code);

  test.each(unclean)('%s', (file, _code, rule) => {
    expect(codes(file)).toContain(rule);
  });

  test.each(clean)('%s is in order', (file) => {
    expect(codes(file)).toEqual([]);
  });
});
