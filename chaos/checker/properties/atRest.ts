import { Finding, type Property, short } from '../property.ts';
import { replay } from '../replay.ts';
import { belongs, maySee } from '../sight.ts';
import type { Sight } from '../moments.ts';
import type { ConversationRow, Snapshot } from '../snapshot.ts';

/** Never: a conversation in no list. At rest every list of everybody holds what it must hold, and nothing else. */
export const lists: Property = {
  name: 'at rest every list and every count shows everybody exactly what they may see, and each conversation is in some list',
  rules: 'Never, Who sees it',
  check(snapshot) {
    const finding = new Finding();
    const active = snapshot.conversations.filter(({ status }) => status === 'active');
    const sights = sightsAtRest(snapshot);
    const channels = new Map(snapshot.channels.map(({ id, agentIds }) => [id, agentIds]));
    const expected = (by: string, view: string): ConversationRow[] => {
      const sight = sights.get(by);
      return sight
        ? active.filter((row) => belongs(view, sight, row) && maySee(sight, channels.get(row.channelId) ?? null, row))
        : [];
    };
    for (const { by, view, ids } of snapshot.atRest.lists) {
      const wanted = new Set(expected(by, view).map(({ id }) => id));
      const where = `the list "${view}" of ${short(by)}`;
      finding.expect(new Set(ids).size === ids.length, () => `${where} shows something twice`);
      const missing = [...wanted].filter((id) => !ids.includes(id));
      const foreign = ids.filter((id) => !wanted.has(id));
      finding.expect(missing.length === 0, () => `${where} lacks ${missing.map(short).join(', ')}`);
      finding.expect(foreign.length === 0, () => `${where} shows ${foreign.map(short).join(', ')}`);
    }
    for (const { by, views, sectors } of snapshot.atRest.counts) {
      for (const [view, count] of Object.entries(views)) {
        const wanted = expected(by, view).length;
        finding.expect(count === wanted, () => `${short(by)} counts ${count} in "${view}" and may see ${wanted}`);
      }
      for (const [sectorId, states] of Object.entries(sectors)) {
        for (const [state, count] of Object.entries(states)) {
          const wanted = expected(by, 'all').filter((row) => row.sectorId === sectorId && row.state === state).length;
          finding.expect(
            count === wanted,
            () => `${short(by)} counts ${count} ${state} in ${short(sectorId)} and may see ${wanted}`,
          );
        }
      }
    }
    const listed = new Set(snapshot.atRest.lists.filter(({ view }) => view !== 'all').flatMap(({ ids }) => ids));
    for (const { id, state } of active)
      finding.expect(listed.has(id), () => `${short(id)} (${state}) is in nobody’s list`);
    return finding;
  },
};

/** The rights that everybody has in the end, told by events. */
function sightsAtRest(snapshot: Snapshot): ReadonlyMap<string, Sight> {
  const { people } = replay(snapshot, () => {});
  return new Map([...people.values()].map(({ id, role, active, memberOf }) => [id, { id, role, active, memberOf }]));
}

/** Never: a conversation nobody can take or close. Shown by taking and closing all of them. */
export const closable: Property = {
  name: 'everything that was active at rest could be taken and closed by the people of its sector, and is gone with its workflow',
  rules: 'Never',
  check({ drained, conversations }) {
    const finding = new Finding();
    const left = new Set(drained.active);
    const running = new Set(drained.running);
    for (const { id, state, reason } of conversations.filter(({ status }) => status === 'active')) {
      finding.expect(
        !left.has(id) && drained.closedBy[id] !== undefined,
        () => `${short(id)} (${state}${reason ? `, ${reason}` : ''}) could not be taken and closed by anybody`,
      );
      finding.expect(!running.has(id), () => `the workflow of ${short(id)} runs on after the close`);
    }
    finding.expect(drained.wakeUps === 0, () => `${drained.wakeUps} wake-ups are left after the last close`);
    return finding;
  },
};
