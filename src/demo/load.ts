// Run by `npm start` once the API answers: the demo company, and what one needs to know to try it out.
import { resolve } from 'node:path';
import { openDatabase } from '../database/orm.ts';
import { loadCompany } from './loadCompany.ts';

async function main(): Promise<void> {
  const { PUBLIC_URL, DATABASE_URL, DEMO_PASSWORD, DATA_DIR } = process.env;
  if (!PUBLIC_URL || !DATABASE_URL || !DEMO_PASSWORD)
    throw new Error('PUBLIC_URL, DATABASE_URL and DEMO_PASSWORD must be set, as npm start does.');
  const orm = await openDatabase({ url: DATABASE_URL, poolSize: 2, applicationName: 'rodizio-demo' });
  try {
    const base = PUBLIC_URL.replace(/\/+$/, '');
    console.log(await loadCompany({ orm, base, password: DEMO_PASSWORD, dataDir: resolve(DATA_DIR || '.data') }));
  } finally {
    await orm.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
