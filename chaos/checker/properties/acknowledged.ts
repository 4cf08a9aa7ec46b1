import { Finding, groupBy, type Property, short } from '../property.ts';
import type { Call, EventRow } from '../snapshot.ts';

/** The event that each command leaves, as far as it is one of a person. */
const eventOf: Readonly<Record<string, (event: EventRow) => boolean>> = {
  accept: ({ type, data }) => type === 'conversation.assigned' && data['how'] === 'accepted',
  decline: ({ type }) => type === 'conversation.offer_declined',
  transfer: ({ type }) => type === 'conversation.transferred',
  return: ({ type }) => type === 'conversation.returned',
  close: ({ type }) => type === 'conversation.closed',
  answer: ({ type }) => type === 'message.sent',
};

/** A command that was answered with success took effect once; one that was refused took none. */
export const acknowledged: Property = {
  name: 'every acknowledged command took effect exactly once, every refused one not at all',
  rules: 'R15, Idempotency-Key',
  check({ calls, events, users, members }) {
    const finding = new Finding();
    const byActor = groupBy(
      events.filter(({ actor, conversationId }) => actor.kind === 'user' && conversationId),
      ({ actor, conversationId }) => `${actor.id} ${conversationId}`,
    );
    const commands = groupBy(
      calls.filter(({ kind }) => kind in eventOf),
      ({ actorId, targetId, kind }) => `${actorId} ${targetId} ${kind}`,
    );
    for (const own of commands.values()) {
      const { actorId, targetId, kind } = own[0]!;
      const done = own.filter(isDone).length;
      const unknown = own.filter(({ status }) => status === null).length;
      const found = (byActor.get(`${actorId} ${targetId}`) ?? []).filter((event) => eventOf[kind]!(event)).length;
      // An answer may have accepted first; and who is removed by somebody else returns nothing themselves.
      const also =
        kind === 'accept'
          ? calls.filter(
              (call) =>
                call.kind === 'answer' && call.actorId === actorId && call.targetId === targetId && call.status !== 409,
            ).length
          : 0;
      finding.expect(
        found >= done && found <= done + unknown + also,
        () =>
          `${kind} of ${short(targetId)} by ${short(actorId)}: acknowledged ${done} times, unanswered ${unknown}, done ${found} times`,
      );
    }
    for (const { userId, what, last } of lastWords(calls)) {
      const user = users.find(({ id }) => id === userId);
      const is =
        what === 'availability'
          ? user?.available
          : what === 'active'
            ? user?.active
            : members.some((member) => `${member.sectorId} ${member.userId}` === what);
      finding.expect(
        is === last,
        () => `${what} of ${short(userId)} was last set to ${String(last)} and is ${String(is)}`,
      );
    }
    return finding;
  },
};

const isDone = ({ status }: Call): boolean => status !== null && status < 300;

/** What was last said about a person, where every word about it was answered. */
function lastWords(calls: readonly Call[]): { userId: string; what: string; last: boolean }[] {
  const settings = calls.filter(({ kind }) => kind === 'availability' || kind === 'active' || kind === 'membership');
  const groups = groupBy(settings, ({ kind, targetId, asked }) =>
    kind === 'membership' ? `${String(asked['sectorId'])} ${targetId}` : `${kind} ${targetId}`,
  );
  return [...groups].flatMap(([key, own]) => {
    const last = own.toSorted((a, b) => a.startedAt - b.startedAt).at(-1)!;
    if (!isDone(last)) return [];
    return [
      { userId: last.targetId, what: last.kind === 'membership' ? key : last.kind, last: last.asked['value'] === true },
    ];
  });
}

/** What callers may hear while parts die: 503, and a broken connection. */
export const answers: Property = {
  name: 'no caller hears of a defect: no 5xx but 503, nothing refused as malformed',
  rules: 'Never',
  check({ calls, failedReads }) {
    const finding = new Finding();
    for (const { kind, statuses, targetId, code } of calls) {
      finding.expect(
        statuses.every((status) => status < 500 || status === 503),
        () => `${kind} of ${short(targetId)} was answered with ${statuses.join(', ')}`,
      );
      finding.expect(
        !statuses.some((status) => [400, 413, 415].includes(status)),
        () => `${kind} of ${short(targetId)} was refused with ${statuses.join(', ')} (${code})`,
      );
    }
    for (const { status, path } of failedReads)
      finding.expect(status === 503, () => `GET ${path} was answered with ${status}`);
    return finding;
  },
};

/** R15: of all who tried to take one conversation from one state exactly one did. */
export const answered: Property = {
  name: 'no request stayed without a final answer',
  rules: 'Idempotency-Key',
  check({ calls }) {
    const finding = new Finding();
    for (const { status, kind, targetId, attempts } of calls)
      finding.expect(
        status !== null,
        () => `${kind} of ${short(targetId)} got no final answer in ${attempts} attempts`,
      );
    return finding;
  },
};
