import { describe, expect, it } from 'vitest';
import { createParser, type LiveEvent } from '../../src/simulator/eventStream.ts';

function parsed(...pieces: string[]) {
  const state = { lastId: '' };
  const events: LiveEvent[] = [];
  let begun = 0;
  const take = createParser(
    state,
    (event) => events.push(event),
    () => begun++,
  );
  for (const piece of pieces) take(piece);
  return { events, state, begun };
}

describe('the live stream as the simulation reads it', () => {
  it('tells each event once, wherever the pieces are cut', () => {
    const text = 'retry: 1000\nid: 4\n\nid: 5.0\nevent: conversation.offered\ndata: {"agentId":"a"}\n\n';
    const whole = parsed(text);
    expect(whole.events).toEqual([{ type: 'conversation.offered', data: { agentId: 'a' } }]);
    expect(parsed(...text).events).toEqual(whole.events);
  });

  it('remembers the id to resume from, also of what carries no event', () => {
    const { state, events, begun } = parsed(': here\nid: 17\n\n');
    expect(state.lastId).toBe('17');
    expect(events).toEqual([]);
    expect(begun).toBe(1);
  });

  it('waits for the rest of an event that is cut', () => {
    expect(parsed('id: 5.0\nevent: a\ndata: {}\n').events).toEqual([]);
  });
});
