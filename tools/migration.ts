import { openDatabase } from '../src/database/orm.ts';

/**
 * `node tools/migration.ts create [name]` writes a migration for what the entities say and the last snapshot does not;
 * `check` fails when there is such a difference. Needs DATABASE_URL (an up-to-date database for `check`).
 */
const [command, name] = process.argv.slice(2);
const url = process.env['DATABASE_URL'];
if (!url || (command !== 'create' && command !== 'check')) {
  console.error('Usage: DATABASE_URL=postgres://… node tools/migration.ts create [name] | check');
  process.exit(2);
}
const orm = await openDatabase({ url, bounded: false });
try {
  if (command === 'create') {
    const { fileName } = await orm.migrator.create(undefined, false, false, name);
    console.log(fileName ? `Wrote ${fileName}` : 'The entities and the migrations agree.');
  } else if (await orm.migrator.checkSchema()) {
    console.error('The entities say more than the migrations: run `node tools/migration.ts create`.');
    process.exitCode = 1;
  }
} finally {
  await orm.close();
}
