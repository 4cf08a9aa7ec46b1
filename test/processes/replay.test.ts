import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ConversationId } from '../../src/domain/ids.ts';
import { conversationWorkflowId } from '../../src/workflows/protocol.ts';
import { createChannel, createConversation, createSector, createUser } from '../support/builders.ts';
import { startWorld, until, untilConversation, type World } from '../support/world.ts';

/** A server on which conversations run: some by the present code, some by code that has been changed carelessly. */
let present: World;
let changed: World;
let changedId: ConversationId;

const quiet = new DefaultLogger('ERROR');
const incompatible = fileURLToPath(new URL('../support/incompatibleWorkflows.ts', import.meta.url));

beforeAll(async () => {
  present = await startWorld();
  const channel = await createChannel(present.platform, await agentsIn(present));
  const ids = [
    await createConversation(present.platform, channel),
    await createConversation(present.platform, channel),
  ];
  for (const id of ids) await untilConversation(present, id, { state: 'offered' });

  changed = await startWorld({
    workflowBundle: await bundleWorkflowCode({ workflowsPath: incompatible, logger: quiet }),
  });
  changedId = await createConversation(
    changed.platform,
    await createChannel(changed.platform, await agentsIn(changed)),
  );
  // What is listed may be a moment behind what runs.
  for (const world of [present, changed]) {
    await until('the server lists them', async () => {
      const { count } = await world.temporal.client.workflow.count(`TaskQueue = "${world.taskQueue}"`);
      return count >= (world === present ? 2 : 1);
    });
  }
  await until('the changed code waits', async () => (await changed.historyOf(changedId)).includes('timerStarted'));
});
afterAll(() => Promise.all([present.stop(), changed.stop()]));

async function agentsIn(world: World) {
  const sector = await createSector(world.platform);
  await createUser(world.platform, { memberOf: [sector] });
  return sector;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const replay = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['tools/replay.ts', '--address', inject('temporalAddress'), ...args], {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      timeout: 100_000,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
const of = (world: World): string[] => ['--query', `TaskQueue = "${world.taskQueue}"`];

describe('npm run replay', { timeout: 120_000 }, () => {
  it('replays what a running server holds against the working tree', async () => {
    const { status, stdout, stderr } = await replay(...of(present), '--state', 'running', '--since', '1h');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^2 histories replayed, 0 would break/);
  });

  it('names each history that would break, the first event that differs, and why, and fails', async () => {
    const { status, stdout, stderr } = await replay(...of(changed), '--type', 'conversation');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^1 histories replayed, 1 would break/);
    expect(stderr).toContain(`✗ ${conversationWorkflowId(changedId)} (run `);
    expect(stderr).toMatch(/first different event: 6 TimerStarted, timer 1, of \d{4}-\d\d-\d\dT/);
  });

  it('takes no more than asked for, and says when nothing matches', async () => {
    const [limited, none] = await Promise.all([
      replay(...of(present), '--limit', '1'),
      replay(...of(present), '--type', 'sector'),
    ]);
    expect(limited).toMatchObject({ status: 0, stderr: '' });
    expect(limited.stdout).toMatch(/^1 histories replayed, 0 would break .*Stopped at --limit 1: there are more\./);
    expect(none).toMatchObject({ status: 0, stderr: '' });
    expect(none.stdout).toMatch(/^0 histories replayed, 0 would break .*No workflow matches: nothing was proved\./);
  });

  it('fails when the server does not answer, or does not understand the filter', async () => {
    const [away, filter] = await Promise.all([
      replay('--address', '127.0.0.1:1'),
      replay('--query', 'Weather = "fine"'),
    ]);
    expect([away.status, filter.status]).toEqual([3, 3]);
    expect(away.stderr).toContain('No Temporal server answers at 127.0.0.1:1');
    expect(filter.stderr).toMatch(/did not give its histories: .*Weather/);
  });

  it('tells its options, and what was wrong with those that were given', async () => {
    const [help, unknown] = await Promise.all([replay('--help'), replay('--state', 'sleeping')]);
    expect([help.status, unknown.status]).toEqual([0, 2]);
    expect(help.stdout).toContain('Usage: npm run replay -- [options]');
    expect(unknown.stderr).toContain('--state must be one of running, closed, all: "sleeping" is not.');
  });
});
