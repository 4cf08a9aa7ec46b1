import type { Random } from '../src/simulator/random.ts';
import { signIn, type Company, type Worker } from './company.ts';
import { pause } from './pause.ts';

const MOST_MATTERS = 6;

/** One administrator who changes people and hours until stopped, and then puts everything back in order. */
export async function manage(company: Company, random: Random, stop: AbortSignal): Promise<void> {
  const away: Promise<void>[] = [];
  const hours = openAndClose(company, random.fork('hours'), stop);
  while (!stop.aborted) {
    await pause(random.between(500, 2_000), stop);
    const worker = random.pick(company.workers.filter(({ hasMatter }) => !hasMatter));
    if (company.workers.filter(({ hasMatter }) => hasMatter).length >= MOST_MATTERS) continue;
    worker.hasMatter = true;
    const drawn = random.weighted({ unavailable: 8, leaves: 4, deactivated: 3, unlisted: 2 });
    const matter = worker.isSteady ? 'unavailable' : drawn;
    away.push(
      matters[matter](company, worker, random.fork(`${worker.email} ${away.length}`), stop).finally(() => {
        worker.hasMatter = false;
      }),
    );
  }
  await Promise.all([...away, hours]);
}

type Matter = (company: Company, worker: Worker, random: Random, stop: AbortSignal) => Promise<void>;

const matters: Record<'unavailable' | 'leaves' | 'deactivated' | 'unlisted', Matter> = {
  async unavailable({ admin }, { id }, random, stop) {
    for (const value of [false, true]) {
      const path = `/v1/users/${id}/availability`;
      await admin.must({
        method: 'PUT',
        path,
        body: { available: value },
        kind: 'availability',
        targetId: id,
        asked: { value },
      });
      if (!value) await pause(random.between(1_000, 8_000), stop);
    }
  },
  async leaves({ admin }, { id, memberOf }, random, stop) {
    const { sectorId, functions } = random.pick(memberOf);
    const path = `/v1/sectors/${sectorId}/members/${id}`;
    const about = { path, kind: 'membership', targetId: id };
    await admin.must({ ...about, method: 'DELETE', asked: { sectorId, value: false } });
    await pause(random.between(1_000, 8_000), stop);
    await admin.must({ ...about, method: 'PUT', body: { functions }, asked: { sectorId, value: true } });
  },
  async unlisted({ admin, channels }, { id }, random, stop) {
    const channel = random.pick(channels.filter(({ agentIds }) => agentIds !== null));
    if (channel.isChanging || !channel.agentIds?.includes(id)) return;
    channel.isChanging = true;
    const path = `/v1/channels/${channel.id}`;
    for (const agentIds of [channel.agentIds.filter((one) => one !== id), channel.agentIds]) {
      await admin.must({ method: 'PATCH', path, body: { agentIds }, kind: 'channel-list', targetId: channel.id });
      await pause(random.between(1_000, 8_000), stop);
    }
    channel.isChanging = false;
  },
  async deactivated({ admin }, worker, random, stop) {
    const { id } = worker;
    worker.isAway = true;
    for (const value of [false, true]) {
      const path = `/v1/users/${id}/${value ? 'activate' : 'deactivate'}`;
      await admin.must({ method: 'POST', path, kind: 'active', targetId: id, asked: { value } });
      if (!value) await pause(random.between(1_000, 8_000), stop);
    }
    worker.caller.token = (await signIn(worker.caller, worker.email)).token;
    worker.isAway = false;
  },
};

/** Closes the sector with hours for a while, again and again; open at the end. */
async function openAndClose({ admin, withHours }: Company, random: Random, stop: AbortSignal): Promise<void> {
  const path = `/v1/sectors/${withHours}`;
  const set = (hours: unknown) =>
    admin.must({ method: 'PATCH', path, body: { hours }, kind: 'hours', targetId: withHours });
  while (!stop.aborted) {
    await pause(random.between(5_000, 15_000), stop);
    await set({ timeZone: 'UTC', weekly: [], holidays: [] });
    await pause(random.between(4_000, 12_000), stop);
    await set(null);
  }
}
