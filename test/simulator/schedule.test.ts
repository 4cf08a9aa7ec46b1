import { describe, expect, it } from 'vitest';
import { profile } from '../../src/simulator/data.ts';
import { Random } from '../../src/simulator/random.ts';
import { dayClock, scheduleArrivals } from '../../src/simulator/schedule.ts';

const clock = dayClock(profile, 150_000);

describe('the schedule of a day', () => {
  it('is the same for the same seed and another for another', () => {
    const of = (seed: number) => scheduleArrivals(profile, 130, clock, new Random(seed));
    expect(of(7)).toEqual(of(7));
    expect(of(7)).not.toEqual(of(8));
  });

  it('follows the hourly profile', () => {
    const arrivals = scheduleArrivals(profile, 20_000, clock, new Random(3));
    for (const { hour, share } of profile) {
      const part = arrivals.filter(({ minuteOfDay }) => Math.floor(minuteOfDay / 60) === hour).length / arrivals.length;
      expect(Math.abs(part - share), `hour ${hour}`).toBeLessThan(0.01);
    }
  });

  it('is in order and lies within the day', () => {
    const arrivals = scheduleArrivals(profile, 500, clock, new Random(11));
    const moments = arrivals.map(({ atMs }) => atMs);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(moments[0]).toBeGreaterThanOrEqual(0);
    expect(moments.at(-1)).toBeLessThan(150_000);
  });

  it('lets quiet hours pass quickly and the working hours last', () => {
    const lengthOf = (hour: number) => clock.at((hour + 1) * 60) - clock.at(hour * 60);
    expect(lengthOf(10)).toBeCloseTo(10 * lengthOf(3), 6);
    expect(clock.at(0)).toBe(0);
    expect(clock.at(24 * 60)).toBeCloseTo(150_000, 6);
  });

  it('tells the time of day at any moment', () => {
    expect(clock.timeAt(0)).toBe('00:00');
    expect(clock.timeAt(clock.at(10 * 60 + 30) + 1)).toBe('10:30');
    expect(clock.timeAt(clock.at(23 * 60 + 59.5))).toBe('23:59');
    expect(clock.timeAt(1_000_000)).toBe('23:59');
  });
});

describe('the random generator', () => {
  it('keeps forks apart: what one draws does not change the other', () => {
    const first = new Random(5);
    first.next();
    expect(first.fork('ana').next()).toBe(new Random(5).fork('ana').next());
    expect(new Random(5).fork('ana').next()).not.toBe(new Random(5).fork('bruno').next());
  });

  it('takes human times near the median, never none and never without end', () => {
    const random = new Random(9);
    const times = Array.from({ length: 2_000 }, () => random.humanMs(1_000)).toSorted((a, b) => a - b);
    expect(times[1_000]).toBeGreaterThan(900);
    expect(times[1_000]).toBeLessThan(1_100);
    expect(times[0]).toBeGreaterThanOrEqual(300);
    expect(times.at(-1)).toBeLessThanOrEqual(4_000);
  });

  it('picks by weight', () => {
    const random = new Random(2);
    const drawn = Array.from({ length: 10_000 }, () => random.weighted({ often: 3, seldom: 1, never: 0 }));
    expect(drawn.filter((name) => name === 'often').length / drawn.length).toBeCloseTo(0.75, 1);
    expect(drawn).not.toContain('never');
  });
});
