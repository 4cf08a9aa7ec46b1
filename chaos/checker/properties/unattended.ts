import { clock, Finding, type Property, short } from '../property.ts';

/** How late a step may be on a slow machine with nobody looking, before it counts as not coming by itself. */
const LATE_MS = 60_000;

/** Never: a step that needs an open browser. After the last caller has gone the rest happens by itself. */
export const unattended: Property = {
  name: 'with nobody connected, offers run out, pass on and open to the sector by themselves',
  rules: 'Never, R13',
  check({ offers, events, quietSince, takenAt, restless }) {
    const finding = new Finding();
    for (const { id, conversationId, startedAt, timeoutMs, endedAt, end } of offers) {
      // Those that were live when everybody left, and those that were made since.
      if (endedAt !== null && endedAt <= quietSince) continue;
      const isOver = endedAt !== null && end !== 'accepted';
      const dueAt = timeoutMs === null ? null : Math.max(startedAt + timeoutMs, quietSince);
      finding.expect(
        isOver || restless.length > 0 || dueAt === null || dueAt + LATE_MS > takenAt,
        () =>
          `the offer ${short(id)} of ${short(conversationId)} was live when everybody left at ${clock(quietSince)} and has not ended`,
      );
    }
    for (const { at, actor, conversationId, type } of events) {
      if (at <= quietSince || conversationId === null) continue;
      finding.expect(
        actor.kind === 'system',
        () => `${type} of ${short(conversationId)} at ${clock(at)} is by somebody, after everybody had left`,
      );
    }
    return finding;
  },
};
