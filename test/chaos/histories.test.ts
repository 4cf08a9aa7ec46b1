import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, test } from 'vitest';
import { toldBy } from '../../chaos/histories.ts';
import { readHistory } from '../support/histories.ts';

type Events = Parameters<typeof toldBy>[0];

const recorded = (file: string): Events => historyFromJSON(readHistory(file).history).events ?? [];

const payload = (value: unknown) => ({ payloads: [{ data: Buffer.from(JSON.stringify(value)) }] });
const standing = (version: number, state: string) => ({ version, status: 'active', state, lookAgain: false });
const found = (version: number, state: string): Events[number] => ({
  markerRecordedEventAttributes: { details: { result: payload(standing(version, state)) } },
});
const heard = (version: number, state: string): Events[number] => ({
  workflowExecutionSignaledEventAttributes: { input: payload({ version, standing: standing(version, state) }) },
});
const versions = (events: Events): number[] => toldBy(events).steps.map(({ version }) => version);

describe('what a chaos run reads from histories', () => {
  test.each(['v1', 'v2'])('where the conversation stood, as steps found and signals told it (%s)', (version) => {
    const { steps, timers, failures } = toldBy(recorded(`${version}-offer-accept-close.json`));
    expect(steps.map(({ state, status }) => state ?? status)).toEqual(['offered', 'assigned', 'closed']);
    expect([timers, failures]).toEqual([{ started: 1, ended: 1 }, []]);
  });

  test('a signal that comes late, or twice, tells nothing', () => {
    expect(versions([found(2, 'offered'), heard(3, 'assigned'), found(5, 'offered'), heard(3, 'assigned')])).toEqual([
      2, 3, 5,
    ]);
    expect(versions([heard(3, 'assigned'), heard(3, 'assigned')])).toEqual([3]);
  });

  test('what is told during a step counts after it', () => {
    expect(versions([heard(3, 'assigned'), found(2, 'offered')])).toEqual([2, 3]);
  });

  test('a signal without a standing tells nothing by itself', () => {
    expect(versions([{ workflowExecutionSignaledEventAttributes: { input: payload({ version: 7 }) } }])).toEqual([]);
  });
});
