import { describe, expect, test } from 'vitest';
import { checkAll, properties } from '../../chaos/checker/check.ts';
import { brokenAnswers } from './broken/answers.ts';
import { brokenLists } from './broken/lists.ts';
import { brokenOwners } from './broken/owners.ts';
import { brokenPlaces } from './broken/places.ts';
import { brokenRotation } from './broken/rotation.ts';
import { brokenSight } from './broken/sight.ts';
import { brokenStored } from './broken/stored.ts';
import { brokenStreams } from './broken/streams.ts';
import { brokenTimers } from './broken/timers.ts';
import { change } from './breaking.ts';
import { soundSnapshot } from './soundSnapshot.ts';

const broken = [
  ...brokenOwners,
  ...brokenAnswers,
  ...brokenRotation,
  ...brokenPlaces,
  ...brokenTimers,
  ...brokenSight,
  ...brokenLists,
  ...brokenStreams,
  ...brokenStored,
];

describe('the checker of chaos runs', () => {
  test('accepts what is sound, and looks at every property', () => {
    const checked = checkAll(soundSnapshot());
    expect(
      checked.flatMap(({ property, violations }) => violations.map((violation) => `${property}: ${violation}`)),
    ).toEqual([]);
    expect(checked.filter(({ cases }) => cases === 0).map(({ property }) => property)).toEqual([]);
  });

  test.each(broken)('rejects %s', (_what, property, breakIt) => {
    const snapshot = soundSnapshot();
    breakIt(snapshot);
    const rejecting = checkAll(snapshot).filter(({ violations }) => violations.length > 0);
    expect(rejecting.map((one) => one.property)).toContain(property);
  });

  test('has a broken case for every property', () => {
    expect(new Set(broken.map(([, property]) => property))).toEqual(new Set(Object.keys(properties)));
  });

  test('a request that was unanswered may have been done or not', () => {
    const snapshot = soundSnapshot();
    change(snapshot.calls, ({ kind }) => kind === 'decline', { status: null, statuses: [503] });
    const checked = checkAll(snapshot).find(({ property }) => property === 'acknowledged');
    expect(checked?.violations).toEqual([]);
  });
});
