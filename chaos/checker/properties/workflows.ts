import { Finding, groupBy, type Property, short } from '../property.ts';

const handedOn = 'CONTINUED_AS_NEW';

/** Every active conversation has its workflow, every closed one had it. */
export const workflows: Property = {
  name: 'every active conversation has one running workflow, every closed one none',
  rules: 'Never',
  check({ conversations, workflows }) {
    const finding = new Finding();
    const runs = groupBy(workflows, ({ conversationId }) => conversationId);
    for (const { id, status } of conversations) {
      const own = runs.get(id) ?? [];
      const running = own.filter((run) => run.status === 'RUNNING').length;
      const said = own.map((run) => run.status).join(', ') || 'no workflow';
      finding.expect(running === (status === 'active' ? 1 : 0), () => `${short(id)} is ${status} and has ${said}`);
      const first = own.filter((run) => run.status !== handedOn).length;
      finding.expect(first === 1, () => `${short(id)} was started ${first} times: ${said}`);
      finding.expect(
        own.every((run) => ['RUNNING', 'COMPLETED', handedOn].includes(run.status)),
        () => `${short(id)}: ${said}`,
      );
    }
    const known = new Set(conversations.map(({ id }) => id));
    for (const id of runs.keys())
      finding.expect(known.has(id), () => `there is a workflow of ${short(id)}, and no such conversation`);
    return finding;
  },
};

/** What the histories tell must be what the database holds. */
export const histories: Property = {
  name: 'the workflow histories end where the database stands, each timer started once and ended once, no task failed',
  rules: 'Never, R13',
  check({ conversations, workflows }) {
    const finding = new Finding();
    const rows = new Map(conversations.map((row) => [row.id, row]));
    for (const { conversationId, status, steps, timers, failures } of workflows) {
      const row = rows.get(conversationId);
      if (!row) continue;
      finding.expect(failures.length === 0, () => `${short(conversationId)}: ${failures.join('; ')}`);
      const pending = timers.started - timers.ended;
      finding.expect(
        status === 'RUNNING' ? pending === 0 || pending === 1 : pending === 0,
        () => `${short(conversationId)} is ${status} with ${timers.started} timers started and ${timers.ended} ended`,
      );
      const versions = steps.map(({ version }) => version);
      finding.expect(
        versions.every((version, index) => version >= (versions[index - 1] ?? 0)),
        () => `${short(conversationId)}: its steps saw the versions ${versions.join(' ')}`,
      );
      if (status === handedOn) continue;
      const last = steps.at(-1);
      finding.expect(
        last?.version === row.version && last.status === row.status && last.state === row.state,
        () =>
          `${short(conversationId)}: the last step saw ${last?.state ?? last?.status ?? 'nothing'} (version ${last?.version ?? 0}), the row is ${row.state ?? row.status} (version ${row.version})`,
      );
    }
    return finding;
  },
};

/** What must reach a workflow has reached it. */
export const wakeUps: Property = {
  name: 'no wake-up is left behind',
  rules: 'Never',
  check({ wakeUps }) {
    const finding = new Finding();
    finding.expect(
      wakeUps.length === 0,
      () =>
        `${wakeUps.length} wake-ups are left: ${wakeUps
          .slice(0, 5)
          .map(({ workflow, signal, targetId }) => `${signal} for ${workflow} ${short(targetId)}`)
          .join(', ')}`,
    );
    return finding;
  },
};
