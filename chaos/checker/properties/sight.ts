import { pastOf } from '../moments.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { belongs, combinations, isShownAs } from '../sight.ts';
import type { Reading } from '../watched.ts';

const span = ({ startedAt, answeredAt }: Reading): readonly [number, number] => [startedAt, answeredAt];
const isOfOne = ({ kind }: Reading): boolean => kind === 'item' || kind === 'messages' || kind === 'timeline';

/**
 * Never: a reader who may not see it. Whoever is shown something must have had the right to it, in the state in which
 * it was shown, at some instant between question and answer.
 */
export const sight: Property = {
  name: 'no list, search, count, item, message or timeline shows anybody what they may not see at that moment',
  rules: 'Never, Who sees it',
  check(snapshot) {
    const finding = new Finding();
    const past = pastOf(snapshot);
    for (const reading of snapshot.readings) {
      const { by, kind, of, status, shown, answeredAt, sectors } = reading;
      const where = `${short(by)} at ${clock(answeredAt)}`;
      for (const one of shown) {
        const possible = combinations(past, by, one.id, span(reading));
        finding.expect(
          possible.some(
            ({ view, sight, sees }) => sees && isShownAs(one, view) && (kind !== 'list' || belongs(of, sight, view)),
          ),
          () =>
            `${where}: the ${kind} ${of} showed ${short(one.id)} (${one.state ?? one.status} in ${short(one.sectorId)})`,
        );
      }
      if (isOfOne(reading) && kind !== 'item' && status === 200) {
        finding.expect(
          combinations(past, by, of, span(reading)).some(({ sees }) => sees),
          () => `${where}: was shown the ${kind} of ${short(of)}`,
        );
      }
      for (const sectorId of sectors ?? []) {
        const rights = combinationsOf(past, by, span(reading));
        finding.expect(
          rights.some((sight) => sight.role === 'administrator' || sight.memberOf.has(sectorId)),
          () => `${where}: the counts name ${short(sectorId)}`,
        );
      }
    }
    return finding;
  },
};

const combinationsOf = (past: ReturnType<typeof pastOf>, by: string, [from, until]: readonly [number, number]) =>
  (past.sights.get(by) ?? [])
    .filter((moment) => moment.from <= until && moment.until >= from)
    .map(({ value }) => value);

/** The other half of it: what somebody may see all the time between question and answer is not hidden from them. */
export const found: Property = {
  name: 'nobody is told "not found" of what they may see',
  rules: 'Who sees it',
  check(snapshot) {
    const finding = new Finding();
    const past = pastOf(snapshot);
    for (const reading of snapshot.readings) {
      const { by, kind, of, status, answeredAt } = reading;
      if (!isOfOne(reading) || (status !== 200 && status !== 404)) continue;
      const possible = combinations(past, by, of, span(reading));
      finding.expect(
        status === 200 || possible.length === 0 || possible.some(({ sees }) => !sees),
        () => `${short(by)} at ${clock(answeredAt)}: the ${kind} of ${short(of)} was answered with 404`,
      );
    }
    return finding;
  },
};
