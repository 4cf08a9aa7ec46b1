import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createChannel, createConversation, createSector, createUser } from '../support/builders.ts';
import { startWorld, untilConversation, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const replay = (...args: string[]) =>
  spawnSync(process.execPath, ['tools/replay.ts', ...args], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    encoding: 'utf8',
    timeout: 60_000,
  });

describe('npm run replay', () => {
  it('replays what a running server holds against the working tree', async () => {
    const sector = await createSector(world.platform);
    const channel = await createChannel(world.platform, sector);
    await createUser(world.platform, { memberOf: [sector] });
    await untilConversation(world, await createConversation(world.platform, channel), { state: 'offered' });
    const ran = replay('--address', inject('temporalAddress'), '--state', 'running', '--limit', '5');
    expect(ran.stdout).toMatch(/[1-5] histories replayed, 0 would break/);
    expect(ran.status).toBe(0);
  });

  it('says how it is used when asked for something that does not exist', () => {
    const ran = replay('--state', 'sleeping');
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('Usage: npm run replay');
  });
});
