import { expect } from 'vitest';
import type { ConversationId } from '../../src/domain/ids.ts';
import type { Platform } from '../../src/database/unit.ts';
import type { Answered } from '../support/api.ts';
import { offersOf, storyOf } from './readings.ts';
import { Edge, report, times } from './support.ts';

/** One meeting of two requests. */
export interface Meeting {
  readonly id: ConversationId;
  readonly first: () => Promise<Answered>;
  readonly second: () => Promise<Answered>;
  /** Looks whether answers and data agree. @returns whether the first was first. */
  readonly check: (first: Answered, second: Answered) => Promise<boolean>;
}

/** Plays rounds of a meeting, both at the moment in which either may be first, and wants to have seen both orders. */
export async function meetings(
  platform: Platform,
  names: readonly [first: string, second: string],
  prepare: () => Promise<Meeting>,
): Promise<void> {
  const rounds = 30 * times;
  const edge = new Edge(1);
  for (let round = 0; round < rounds; round++) {
    const { id, first, second, check } = await prepare();
    const isFirst = await check(...(await edge.run(first, second)));
    edge.tell(isFirst ? 'first' : 'second');
    await storyOf(platform, id);
    expect((await offersOf(platform, id)).filter(({ endedAt }) => endedAt === null)).toEqual([]);
  }
  report(names.join(' against '), {
    rounds,
    [`${names[0]} first`]: edge.won.first,
    [`${names[1]} first`]: edge.won.second,
  });
  expect(Math.min(edge.won.first, edge.won.second)).toBeGreaterThan(0);
}
