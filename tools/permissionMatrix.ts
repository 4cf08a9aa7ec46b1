import { readFileSync, writeFileSync } from 'node:fs';
import { permissionRows, type PermissionRow } from '../src/api/permissions/matrix.ts';

/** `node tools/permissionMatrix.ts` writes the matrix of permissions into docs/permissions.md. */
const [begin, end] = ['<!-- permission matrix: begin -->', '<!-- permission matrix: end -->'];
const page = new URL('../docs/permissions.md', import.meta.url);

/** The page with the matrix as the code has it now. @throws Error when the page has no place for it */
export function withMatrix(text: string): string {
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/permissions.md has no "${begin}" … "${end}"`);
  return `${before}${begin}\n\n${table()}\n\n${end}${after}`;
}

const table = (): string =>
  [
    '| permission | label | granted at first to | opens |',
    '| --- | --- | --- | --- |',
    ...permissionRows().map(lineOf),
  ].join('\n');

function lineOf({ permission, words, grantedTo, routes }: PermissionRow): string {
  const operations = routes.map(({ route, opening }) => {
    const others = opening.by === 'all' ? opening.permissions.filter((name) => name !== permission) : [];
    return `\`${route.operationId}\`${others.map((name) => ` and \`${name}\``).join('')}`;
  });
  const groups = grantedTo.filter((role) => role !== 'administrator');
  const cells = [
    `\`${permission}\``,
    `${words['pt-BR']} / ${words.en}`,
    groups.join(', ') || '–',
    operations.join(', ') || '–',
  ];
  return `| ${cells.join(' | ')} |`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(page, withMatrix(readFileSync(page, 'utf8')));
}
