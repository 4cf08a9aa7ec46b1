import { describe, expect, test } from 'vitest';
import {
  afterOfferEnded,
  type Distribution,
  freshDistribution,
  passedOver,
  placeOf,
  returnedDistribution,
  storedPlace,
} from '../../../src/domain/routing/distribution.ts';
import { deepFreeze, directTo, place, user } from '../../support/situations.ts';

const running = (overrides: Partial<Distribution> = {}): Distribution =>
  deepFreeze({ ...freshDistribution(1), startedAt: '2026-03-09T13:00:00.000Z', ...overrides });

const expired = { direct: false, declined: false };
const declined = { direct: false, declined: true };

describe('R3: a distribution that starts from the rotation', () => {
  test('begins in round 1 with nobody asked, no clock running and the arrow to decide', () => {
    expect(freshDistribution(4)).toEqual({
      number: 4,
      startedAt: null,
      round: 1,
      had: [],
      declined: [],
      after: null,
      returnedBy: null,
      direct: null,
    });
  });

  test('may have a person to try first', () => {
    expect(freshDistribution(1, directTo(2)).direct).toEqual(directTo(2));
  });
});

test('R19: a returned conversation passes on from the one who returned it, who is remembered', () => {
  const returned = returnedDistribution(2, place(3));
  expect(returned).toMatchObject({
    number: 2,
    startedAt: null,
    round: 1,
    had: [],
    declined: [],
    returnedBy: user(3),
    direct: null,
  });
  expect(returned.after && placeOf(returned.after)).toEqual(place(3));
});

describe('R4: an offer of the rotation that ends without acceptance', () => {
  test('passes on from its agent, who had it in this round', () => {
    const after = afterOfferEnded(running({ had: [user(1)], round: 2 }), place(2), expired);
    expect(after).toMatchObject({ had: [user(1), user(2)], round: 2, after: storedPlace(place(2)), declined: [] });
  });

  test('counts an agent once', () => {
    expect(afterOfferEnded(running({ had: [user(1)] }), place(1), expired).had).toEqual([user(1)]);
  });

  test('leaves the clock of the limit running (R8)', () => {
    expect(afterOfferEnded(running(), place(1), expired).startedAt).toBe('2026-03-09T13:00:00.000Z');
  });
});

describe('R11: who declined is remembered for the whole distribution', () => {
  test('beside those who had it', () => {
    expect(afterOfferEnded(running({ declined: [user(1)] }), place(2), declined)).toMatchObject({
      had: [user(2)],
      declined: [user(1), user(2)],
    });
  });

  test('and no longer in the next one', () => {
    expect(returnedDistribution(2, place(1)).declined).toEqual([]);
    expect(freshDistribution(2).declined).toEqual([]);
  });
});

describe('R18: a direct offer that ends without acceptance', () => {
  const direct = running({ direct: directTo(2) });

  test('goes on by the arrow, its agent counting as had in round 1', () => {
    expect(afterOfferEnded(direct, place(2), { direct: true, declined: false })).toMatchObject({
      direct: null,
      after: null,
      round: 1,
      had: [user(2)],
    });
  });

  test('does not go on with the next of the ladder: whoever was asked and let it go was eligible', () => {
    const laddered = running({ direct: directTo(2), nextDirect: [directTo(3)] });
    expect(afterOfferEnded(laddered, place(2), { direct: true, declined: false })).not.toHaveProperty('nextDirect');
  });

  test('of a declined one, its agent is not asked again', () => {
    expect(afterOfferEnded(direct, place(2), { direct: true, declined: true }).declined).toEqual([user(2)]);
  });
});

describe('R29, R31: the ladder of those who are tried before the rotation', () => {
  test('goes on with the next one when one is passed over, and then with the rotation', () => {
    const started = freshDistribution(1, directTo(1), [directTo(2), directTo(3)]);
    const second = passedOver(started);
    expect(second).toEqual({ ...freshDistribution(1, directTo(2)), nextDirect: [directTo(3)] });
    const third = passedOver(second);
    expect(third).toEqual(freshDistribution(1, directTo(3)));
    expect(passedOver(third)).toEqual(freshDistribution(1));
  });
});

test('a place survives being stored as JSON', () => {
  expect(placeOf(JSON.parse(JSON.stringify(storedPlace(place(7)))))).toEqual(place(7));
});
