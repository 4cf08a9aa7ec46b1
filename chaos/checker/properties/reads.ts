import { during, pastOf } from '../moments.ts';
import { clock, Finding, groupBy, type Property, short } from '../property.ts';
import { isShownAs } from '../sight.ts';

/** R15: "An accept answered with success is visible to the next read" – and so is everything else. */
export const reads: Property = {
  name: 'what is read is how it stood, and never older than what was acknowledged before the question',
  rules: 'R15',
  check(snapshot) {
    const finding = new Finding();
    const past = pastOf(snapshot);
    const acknowledged = groupBy(
      snapshot.calls.filter(
        ({ status, answer }) => status !== null && status < 300 && typeof answer['version'] === 'number',
      ),
      ({ targetId }) => targetId,
    );
    for (const { by, kind, shown, startedAt, answeredAt } of snapshot.readings) {
      for (const one of shown) {
        const where = `${short(by)} at ${clock(answeredAt)}: ${kind} of ${short(one.id)}`;
        const possible = during(past.views.get(one.id) ?? [], startedAt, answeredAt);
        finding.expect(
          possible.some((view) => isShownAs(one, view)),
          () =>
            `${where} showed ${one.state ?? one.status} of ${short(one.ownerId ?? one.offer?.agentId)}, which it was not then`,
        );
        const known = Math.max(
          0,
          ...(acknowledged.get(one.id) ?? [])
            .filter((call) => (call.answeredAt ?? Number.POSITIVE_INFINITY) < startedAt)
            .map(({ answer }) => answer['version'] as number),
        );
        finding.expect(
          one.version >= known,
          () => `${where} showed version ${one.version} after version ${known} had been acknowledged`,
        );
      }
    }
    return finding;
  },
};
