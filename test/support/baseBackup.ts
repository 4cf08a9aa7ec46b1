import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { EmbeddedPostgres } from '../../tools/local/embeddedPostgres.ts';

/**
 * Copies a running cluster into a folder from which another one can be started, as `pg_basebackup --wal-method=stream`
 * does: by PostgreSQL's low-level functions, because the embedded one comes without that program.
 */
export async function baseBackup(server: EmbeddedPostgres, folder: string): Promise<void> {
  const from = join(server.home, 'data');
  const to = join(folder, 'data');
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const client = new Client({ connectionString: server.urlOf('postgres') });
  await client.connect();
  try {
    await client.query("select pg_backup_start('backup', true)");
    copy(from, to);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop()');
    const label = join(to, 'backup_label');
    writeFileSync(label, rows[0]!.labelfile, { mode: 0o600 });
    const { uid, gid } = statSync(from);
    chownSync(label, uid, gid);
    // What was written meanwhile, up to the end of the backup.
    rmSync(join(to, 'pg_wal'), { recursive: true });
    copy(join(from, 'pg_wal'), join(to, 'pg_wal'));
    rmSync(join(to, 'postmaster.pid'));
  } finally {
    await client.end();
  }
  cpSync(join(server.home, 'password'), join(folder, 'password'));
}

/** With owners. Files may go while it copies: what is copied is mended from the write-ahead log. */
function copy(from: string, to: string): void {
  try {
    execFileSync('cp', ['-a', from, to], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const told = String((error as { readonly stderr?: unknown }).stderr);
    if (!told.split('\n').every((line) => line === '' || line.includes('No such file'))) throw error;
  }
}
