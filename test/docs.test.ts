import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { permissions } from '../src/domain/access/permissions.ts';
import { eventTypes, streamOnlyTypes } from '../src/domain/conversation/events.ts';
import { refusalCodes } from '../src/domain/errors.ts';
import { conversationSignals, mailSignals, searchAttributeNames, sectorSignals } from '../src/workflows/protocol.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const isThere = (name: string): boolean => existsSync(join(root, name));

const pages = globSync(['*.md', 'docs/**/*.md', 'test/**/*.md'], { cwd: root }).toSorted();
const readme = read('README.md');

/** A page without what is code: links and headings are looked for in the rest. */
const prose = (page: string): string =>
  read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');

/** Of one page, between a heading and the next. */
const section = (text: string, heading: string): string => text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

/** The name under which a heading can be linked to, as the usual places make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string): string[] =>
  [
    ...read(page)
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, heading = '']) => anchorOf(heading));

describe('links', () => {
  it.each(pages)('%s leads to files and headings that are there', (page) => {
    const targets = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target));
    const broken = targets.filter((target) => {
      const [file = '', anchor] = target.split('#');
      const name = file === '' ? page : normalize(join(dirname(page), file));
      return !isThere(name) || (anchor !== undefined && !anchorsOf(name).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('every page of docs is linked to from the README or the list of decisions', () => {
    const linked = readme + read('docs/decisions/README.md').replaceAll('](', '](docs/decisions/');
    expect(pages.filter((page) => page.startsWith('docs/') && !linked.includes(`](${page})`))).toEqual([]);
  });
});

describe('commands', () => {
  it.each(pages)('%s names no npm script that does not exist', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(pages)('%s names no file of the repository that does not exist', (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|tools|docs|docker)\/[\w./-]+)`/g)].map(
      ([, name = '']) => name,
    );
    expect(named.filter((name) => !isThere(name))).toEqual([]);
  });
});

describe('the README', () => {
  /** Lines such as `    routing/    the rules`: two spaces for each level. */
  function treePaths(): string[] {
    const tree = /```text\n([\s\S]*?)```/.exec(section(readme, 'The repository'))?.[1] ?? '';
    const above: string[] = [];
    return tree
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, indent = '', name = ''] = /^( *)(\S+) {2,}\S/.exec(line) ?? [];
        const level = indent.length / 2;
        above.splice(level, above.length, name.replace(/\/$/, ''));
        return above.join('/');
      });
  }

  it('shows a tree of what is there, every room of src among it', () => {
    const shown = treePaths();
    expect(shown.length).toBeGreaterThan(60);
    expect(shown.filter((name) => !isThere(name))).toEqual([]);
    const rooms = globSync('src/*', { cwd: root });
    expect(rooms.filter((room) => !shown.includes(room))).toEqual([]);
  });

  it('says of each rule where it lives and what tests it', () => {
    const table = section(readme, 'Where each rule lives');
    const rows = [...table.matchAll(/^\| R(\d+) .*$/gm)].map(([row, number]) => ({ row, number: Number(number) }));
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 37 }, (_, index) => index + 1));
    for (const { row } of rows.filter((one) => !one.row.includes('○'))) {
      const files = [...row.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
      expect(
        files.filter((file) => !isThere(file)),
        row,
      ).toEqual([]);
      expect(files.some((file) => file.startsWith('src/')) && files.some((file) => file.startsWith('test/')), row).toBe(
        true,
      );
    }
  });

  it('lists every variable of the configuration, and no other', () => {
    const known =
      read('src/config.ts')
        .match(/^ {2}[A-Z][A-Z_]+(?=:)/gm)
        ?.map((name) => name.trim()) ?? [];
    const rows = section(readme, 'Configuration').match(/^\| `[A-Z].*$/gm) ?? [];
    const listed = rows.flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name),
    );
    expect(listed.toSorted()).toEqual([...new Set(known)].toSorted());
  });
});

describe('the pages of docs', () => {
  it('tell every rule once', () => {
    const told = [...read('docs/routing.md').matchAll(/^\*\*R(\d+)/gm)].map(([, number]) => Number(number));
    expect(told).toEqual(Array.from({ length: 37 }, (_, index) => index + 1));
  });

  it('name every refusal, every event of the stream, every permission', () => {
    const api = read('docs/api.md');
    expect(refusalCodes.filter((code) => !api.includes(`\`${code}\``))).toEqual([]);
    // The stream follows it and never shows it.
    const shown = [...eventTypes, ...streamOnlyTypes].filter((type) => type !== 'rights.changed');
    expect(shown.filter((type) => !api.includes(`\`${type}\``))).toEqual([]);
    expect(permissions.filter((name) => !read('docs/permissions.md').includes(`\`${name}\``))).toEqual([]);
  });

  it('name every signal and search attribute', () => {
    const temporal = read('docs/temporal.md');
    const names = [...conversationSignals, ...sectorSignals, ...mailSignals, ...Object.values(searchAttributeNames)];
    expect(names.filter((name) => !temporal.includes(`\`${name}\``))).toEqual([]);
  });

  it('name no folder of somebody’s machine', () => {
    expect(pages.filter((page) => /(?:^|[\s`'"(=])\/(?:home|root|work|Users|tmp)\//m.test(read(page)))).toEqual([]);
  });
});
