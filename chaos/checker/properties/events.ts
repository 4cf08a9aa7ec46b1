import { Finding, groupBy, type Property, short } from '../property.ts';

/** Streams and webhooks read by position: a gap is a missed event, a doubled one is told twice. */
export const events: Property = {
  name: 'event positions have no gap, and each conversation’s events are complete, in order, and follow from each other',
  rules: 'Never',
  check({ events, conversations }) {
    const finding = new Finding();
    const positions = events.map(({ position }) => position).toSorted((a, b) => (a ?? 0) - (b ?? 0));
    const gap = positions.findIndex((position, index) => position !== index + 1);
    finding.expect(
      gap < 0,
      () => `position ${gap + 1} is ${positions[gap] === null ? 'not given' : `followed by ${positions[gap]}`}`,
    );
    const byConversation = groupBy(
      events.filter(({ conversationId }) => conversationId !== null),
      ({ conversationId }) => conversationId!,
    );
    for (const { id, eventSeq } of conversations) {
      const own = (byConversation.get(id) ?? []).toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
      finding.expect(
        own.length === eventSeq && own.every(({ seq }, index) => seq === index + 1),
        () => `${short(id)} counts ${eventSeq} events and has ${own.map(({ seq }) => seq).join(' ')}`,
      );
      for (const [index, event] of own.entries()) {
        const former = own[index - 1];
        if (!former) continue;
        finding.expect(
          (event.position ?? 0) > (former.position ?? 0),
          () => `${short(id)}: event ${event.seq} has an earlier position than event ${former.seq}`,
        );
        const follows =
          event.stepId === former.stepId
            ? JSON.stringify(event.before) === JSON.stringify(former.before)
            : JSON.stringify(event.before) === JSON.stringify(former.after);
        finding.expect(
          follows,
          () => `${short(id)}: event ${event.seq} (${event.type}) does not begin where event ${former.seq} ended`,
        );
      }
    }
    return finding;
  },
};
