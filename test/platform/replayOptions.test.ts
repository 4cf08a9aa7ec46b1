import { describe, expect, it } from 'vitest';
import { firstDifference, ownWords } from '../../tools/replay/difference.ts';
import { readOptions } from '../../tools/replay/options.ts';

const now = new Date('2026-11-22T12:00:00Z');
const queryOf = (...args: readonly string[]) => readOptions(args, now)?.query;
const all = 'WorkflowType IN ("conversation", "sector")';

describe('the options of npm run replay', () => {
  it('choose everything unless told otherwise, and no more than a thousand', () => {
    expect(readOptions([], now)).toEqual({ query: all, limit: 1_000, address: undefined, namespace: undefined });
  });

  it('choose by type, state, time and whatever a list filter of Temporal says', () => {
    expect(queryOf('--type', 'sector')).toBe('WorkflowType = "sector"');
    expect(queryOf('--state', 'running')).toBe(`${all} AND ExecutionStatus = "Running"`);
    expect(queryOf('--state', 'closed')).toBe(`${all} AND ExecutionStatus != "Running"`);
    expect(queryOf('--since', '90m', '--until', '2026-11-22T12:00:00+01:00')).toBe(
      `${all} AND StartTime >= "2026-11-22T10:30:00.000Z" AND StartTime < "2026-11-22T11:00:00.000Z"`,
    );
    expect(queryOf('--since', '7d')).toContain('StartTime >= "2026-11-15T12:00:00.000Z"');
    expect(queryOf('--query', 'RodizioState = "open" OR RodizioState = "waiting"')).toBe(
      `${all} AND (RodizioState = "open" OR RodizioState = "waiting")`,
    );
  });

  it.each([
    [['--type', 'user'], '--type must be one of conversation, sector, all: "user" is not.'],
    [['--state', 'sleeping'], '--state must be one of running, closed, all: "sleeping" is not.'],
    [['--limit', '0'], '--limit must be a number from 1: "0" is not.'],
    [['--since', '2026-11-22T08:00:00'], '--since must be a time such as'],
    [['--until', '2026-02-30T99:00:00Z'], '--until must be a time such as'],
    [['--colour'], "Unknown option '--colour'"],
    [['all'], "Unexpected argument 'all'"],
  ])('are refused with what would be right: %j', (args, sentence) => {
    expect(() => readOptions(args, now)).toThrow(sentence);
  });

  it('ask for help', () => {
    expect(readOptions(['--help'], now)).toBeNull();
    expect(readOptions(['-h', '--limit', 'x'], now)).toBeNull();
  });
});

describe('what is told of a history that would break', () => {
  const wrapped =
    'Replay failed with a nondeterminism error. Details: Failure { failure: Some(Failure { message: "[TMPRL1100] Nondeterminism error: Timer machine does not handle this event: HistoryEvent(id: 7, TimerFired)", source: "" }) }';

  it('is the replayer’s own words', () => {
    expect(ownWords(wrapped)).toBe('Timer machine does not handle this event: HistoryEvent(id: 7, TimerFired)');
    expect(ownWords('something else')).toBe('something else');
  });

  it('is the event that they name', async () => {
    const fired = { eventId: 7, timerFiredEventAttributes: { timerId: '1' } };
    const history = { events: [{ eventId: 6, timerStartedEventAttributes: { timerId: '1' } }, fired] };
    const { event } = await firstDifference(history as never, new Error(wrapped), () => Promise.resolve(null));
    expect(event).toMatchObject({ id: 7, type: 'TimerFired' });
  });

  it('or else the first of the first workflow task with which a beginning of the history fails', async () => {
    const task = (id: number) => ({ eventId: id, workflowTaskCompletedEventAttributes: {} });
    const caused = (id: number, by: number) => ({
      eventId: id,
      upsertWorkflowSearchAttributesEventAttributes: { workflowTaskCompletedEventId: by },
    });
    const events = [
      task(1),
      caused(2, 1),
      task(3),
      caused(4, 3),
      caused(5, 3),
      task(6),
      caused(7, 6),
      task(8),
      caused(9, 8),
    ];
    for (const [broken, first] of [
      [2, 2],
      [4, 4],
      [5, 4],
      [7, 7],
      [9, 9],
    ] as const) {
      const replayed: number[] = [];
      const { event } = await firstDifference({ events } as never, new Error('no match'), (beginning) => {
        const last = Number(beginning.events?.at(-1)?.eventId);
        replayed.push(last);
        return Promise.resolve(last >= broken ? new Error('no match') : null);
      });
      expect(event?.id).toBe(first);
      expect(replayed.length).toBeLessThanOrEqual(2);
    }
  });
});
