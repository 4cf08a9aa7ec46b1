import { describe, expect, it } from 'vitest';
import { contactName, messages, names, profile, replies, subjectOf } from '../../src/simulator/data.ts';
import { Random } from '../../src/simulator/random.ts';

describe('the data of the simulation', () => {
  it('has at least 200 different messages of at least 8 subjects, none too long for a channel', () => {
    expect(new Set(messages.map(({ text }) => text)).size).toBeGreaterThanOrEqual(200);
    expect(new Set(messages.map(({ subject }) => subject)).size).toBeGreaterThanOrEqual(8);
    for (const { text } of messages) {
      expect(text.trim()).toBe(text);
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual(4_096);
    }
  });

  it('has names and answers enough that they do not keep repeating', () => {
    expect(new Set(names.first).size).toBeGreaterThanOrEqual(100);
    expect(new Set(names.last).size).toBeGreaterThanOrEqual(100);
    expect(new Set(replies.answers).size).toBeGreaterThanOrEqual(50);
    for (const texts of Object.values(replies)) {
      expect(new Set(texts).size).toBe(texts.length);
      expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(500);
    }
  });

  it('has a day of 24 hours whose shares add up to one, busiest in the morning and after lunch', () => {
    expect(profile.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
    expect(profile.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    const share = (hour: number) => profile[hour]!.share;
    expect(share(10)).toBeGreaterThan(share(12));
    expect(share(14)).toBeGreaterThan(share(12));
    expect(share(3)).toBeLessThan(0.01);
  });

  it('knows what its own texts are about', () => {
    const [first] = messages;
    expect(subjectOf(first!.text)).toBe(first!.subject);
    expect(subjectOf('nothing of ours')).toBe('outros');
  });

  it('gives some contacts a full name, some a first name only, and some none', () => {
    const random = new Random(1);
    const given = Array.from({ length: 300 }, () => contactName(random));
    expect(given.some((name) => name === undefined)).toBe(true);
    expect(given.some((name) => name?.includes(' '))).toBe(true);
    expect(given.some((name) => name !== undefined && names.first.includes(name))).toBe(true);
  });
});
