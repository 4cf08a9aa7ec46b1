import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { momentOf } from '../../../src/database/steps/moment.ts';
import { transact } from '../../../src/database/transact.ts';
import type { Committed, Platform } from '../../../src/database/unit.ts';
import { advance } from '../../../src/database/steps/advance.ts';
import { type BuiltChannel, createChannel, createSector, createUser } from '../../support/builders.ts';
import { startSteps, type Steps } from '../../support/steps.ts';

let steps: Steps;
let channel: BuiltChannel;
const committed: Committed[] = [];
let platform: Platform;

beforeEach(async () => {
  steps = await startSteps(4);
  committed.length = 0;
  platform = { ...steps.platform, afterCommit: { committed: (what) => void committed.push(what) } };
  const sector = await createSector(platform, { offerTimeoutMs: 600_000 });
  channel = await createChannel(platform, sector);
  for (let n = 0; n < 2; n++) await createUser(platform, { memberOf: [sector] });
});
afterEach(() => steps.stop());

const late = () => committed.flatMap((what) => what.late);

describe('R13: how late a step comes is measured at its commit', () => {
  it('an offer: since the message that made it possible', async () => {
    const { conversationId } = await steps.write(channel);
    steps.clock.pass(3_000);
    await transact(platform, (unit) => advance(unit, conversationId));
    expect(late()).toEqual([{ what: 'possible', ms: expect.any(Number) }]);
    expect(late()[0]!.ms).toBeGreaterThanOrEqual(3_000);
    expect(late()[0]!.ms).toBeLessThan(60_000);
  });

  it('an offer that passes on: since its time was up', async () => {
    const id = await steps.arrive(channel);
    steps.clock.pass(600_000 + 7_000);
    await transact(platform, (unit) => advance(unit, id));
    expect(late()).toEqual([{ what: 'expiry', ms: expect.any(Number) }]);
    expect(late()[0]!.ms).toBeGreaterThanOrEqual(7_000);
    expect(late()[0]!.ms).toBeLessThan(60_000);
  });

  it('nothing for a step that finds its work done', async () => {
    const id = await steps.arrive(channel);
    await transact(platform, (unit) => advance(unit, id));
    expect(late()).toEqual([]);
  });

  it('nothing where nobody’s row knows the moment: a place that became free', () => {
    const waited = { state: 'waiting', reason: 'no-capacity', stateSince: new Date(0), dueAt: new Date(0) } as const;
    expect(momentOf(waited, { ...waited, state: 'offered', reason: null })).toBeNull();
  });

  it('an offer at the opening: since the opening', () => {
    const opening = new Date('2026-03-02T11:30:00Z');
    const waited = { state: 'waiting', reason: 'out-of-hours', stateSince: new Date(0), dueAt: opening } as const;
    expect(momentOf(waited, { ...waited, state: 'offered', reason: null })).toEqual({
      what: 'opening',
      dueAt: opening,
    });
  });
});
