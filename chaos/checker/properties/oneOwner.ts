import { Finding, groupBy, type Property, short } from '../property.ts';

/** R15: the owner changes by an assignment only, never while somebody owns it, unless a person or R22 took it away. */
export const oneOwner: Property = {
  name: 'a conversation has one owner at a time, and an accept is never taken back by automation',
  rules: 'R15, R21',
  check({ events, conversations }) {
    const finding = new Finding();
    const steps = groupBy(
      events.filter(({ conversationId }) => conversationId !== null),
      ({ conversationId, stepId }) => `${conversationId} ${stepId}`,
    );
    for (const step of steps.values()) {
      const { before, after, conversationId } = step[0]!;
      const from = before?.ownerId ?? null;
      const to = after?.ownerId ?? null;
      const types = step.map(({ type }) => type);
      const assigned = step.filter(({ type }) => type === 'conversation.assigned');
      const said = assigned.at(-1)?.data['ownerId'] ?? null;
      const byPerson = step.some(({ type, actor }) => actor.kind === 'user' && /transferred|returned/.test(type));
      if (assigned.length > 0) {
        finding.expect(
          to === said && (from === null || byPerson),
          () => `${short(conversationId)} went from owner ${short(from)} to ${short(to)} by ${types.join(', ')}`,
        );
      } else if (from !== to) {
        finding.expect(
          to === null && byPerson,
          () => `${short(conversationId)} lost its owner ${short(from)} by ${types.join(', ')}`,
        );
      }
    }
    const lastOf = new Map(
      events.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)).map((event) => [event.conversationId, event]),
    );
    for (const { id, ownerId, status } of conversations) {
      const said = lastOf.get(id)?.after?.ownerId ?? null;
      finding.expect(
        said === ownerId || status === 'closed',
        () => `${short(id)} is owned by ${short(ownerId)}, its events say ${short(said)}`,
      );
    }
    return finding;
  },
};
