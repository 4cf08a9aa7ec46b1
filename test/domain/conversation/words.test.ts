import { describe, expect, test } from 'vitest';
import { type EventType, eventTypes } from '../../../src/domain/conversation/events.ts';
import type { Actor } from '../../../src/domain/conversation/explain.ts';
import { outcomeWords } from '../../../src/domain/conversation/reasonWords.ts';
import { openReasons, waitReasons } from '../../../src/domain/conversation/state.ts';
import { eventWords, type ToldEvent } from '../../../src/domain/conversation/words.ts';
import type { UserId } from '../../../src/domain/ids.ts';
import { directReasons } from '../../../src/domain/routing/distribution.ts';
import { skipReasons } from '../../../src/domain/routing/members.ts';
import { nameOf, system, toldEvents } from './toldEvents.ts';

const tell = (type: EventType, actor: Actor, data: ToldEvent['data'] = {}, more: Partial<ToldEvent> = {}) =>
  eventWords({ type, actor, data, sectorId: 'support', ...more }, nameOf);

describe('an event in words', () => {
  test.each(toldEvents)('%s by %o with %o is told in one sentence', (type, actor, data, words, more) => {
    expect(tell(type, actor, data, more)).toBe(words);
  });

  test('every type of event has words', () => {
    expect(new Set(toldEvents.map(([type]) => type))).toEqual(new Set(eventTypes));
  });

  test('every reason to wait, to open and to be tried first has words of its own', () => {
    const told = [
      ...waitReasons.map((reason) => tell('conversation.queued', system, { reason })),
      ...openReasons.map((reason) => tell('conversation.opened', system, { reason })),
      ...directReasons.map((direct) =>
        tell('conversation.offered', system, { agentId: 'ana', number: 1, round: 1, direct }),
      ),
    ];
    expect(new Set(told).size).toBe(waitReasons.length + openReasons.length + directReasons.length);
    // None falls back to the bare code.
    for (const sentence of told)
      expect(sentence).not.toMatch(/[a-z]+-[a-z]+-[a-z]+|\bundefined\b|no-capacity|limit-reached|last-owner/);
  });

  test('R5: every reason to be passed over has words of its own, wherever it stands', () => {
    expect(new Set([...skipReasons, 'offered', 'left-sector'])).toEqual(new Set(Object.keys(outcomeWords)));
    expect(new Set(Object.values(outcomeWords)).size).toBe(skipReasons.length + 2);
    for (const outcome of skipReasons) {
      const ending = ` ${outcomeWords[outcome]}.`;
      expect(tell('conversation.queued', system, { passedOver: [{ userId: 'ana', outcome }] })).toContain(
        `Ana${ending}`,
      );
      expect(tell('conversation.offer_revoked', system, { agentId: 'ana', reason: outcome })).toContain(`Ana${ending}`);
    }
  });

  test('somebody whose name is gone, and data that an older version stored, are told all the same', () => {
    for (const type of eventTypes) expect(tell(type, { kind: 'user', id: 'gone' as UserId })).toMatch(/^[A-Z].*\.$/);
    expect(tell('conversation.opened', system, { reason: 'a-later-rule' })).toBe(
      'Open to every member of Suporte: a-later-rule.',
    );
  });
});
