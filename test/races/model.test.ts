import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChannel, createSector, createUser } from '../support/builders.ts';
import { StoppedClock } from '../support/clock.ts';
import { startSteps, type Steps } from '../support/steps.ts';
import { commands, type Real } from './commands.ts';
import { LIMIT, Model, TIMEOUT } from './model.ts';
import { patience, report, times } from './support.ts';

let steps: Steps;
beforeAll(async () => (steps = await startSteps(4, new StoppedClock())));
afterAll(() => steps.stop());

async function company(seen: Map<string, number>): Promise<Real> {
  const { platform } = steps;
  const settings = { offerTimeoutMs: TIMEOUT, distributionLimitMs: LIMIT };
  const sectors = [await createSector(platform, settings), await createSector(platform, settings)];
  const agents = [];
  for (const memberOf of [[0], [0], [0, 1], [1]])
    agents.push(await createUser(platform, { memberOf: memberOf.map((n) => sectors[n]!) }));
  const administrator = await createUser(platform, { role: 'administrator' });
  return { steps, agents, administrator, sectors, channel: await createChannel(platform, sectors[0]!), ids: [], seen };
}

test(
  'whatever people and time do in whatever order, the system stands where a whiteboard says it should',
  patience,
  async () => {
    const seen = new Map<string, number>();
    let done = 0;
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: 'max' }), async (sequence) => {
        await fc.asyncModelRun(async () => ({ model: new Model(), real: await company(seen) }), sequence);
        done += [...sequence].length;
      }),
      { numRuns: 50 * times, ...(process.env['RACES_SEED'] ? { seed: Number(process.env['RACES_SEED']) } : {}) },
    );
    if (process.env['RACES_VERBOSE']) console.log(Object.fromEntries(seen));
    // What was never met was not checked.
    for (const met of [
      'limit-reached',
      'declined-by-all',
      'nobody-available',
      'accept done',
      'accept not-found',
      'decline done',
      'return done',
      'transfer to 1: done',
      'close done',
      'close conversation-closed',
    ])
      expect(seen.get(met) ?? 0, met).toBeGreaterThan(0);
    report('model', { sequences: 50 * times, commands: done, 'kinds of answers and states': seen.size });
  },
);
