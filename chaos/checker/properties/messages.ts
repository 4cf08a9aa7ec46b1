import { SectorCalendar } from '../calendar.ts';
import { clock, Finding, groupBy, type Property, short } from '../property.ts';

/** R33: what was acknowledged is there, once, where the answer said. */
export const messages: Property = {
  name: 'every acknowledged message is there exactly once, in the order of its conversation',
  rules: 'R33',
  check({ messages, calls, conversations }) {
    const finding = new Finding();
    const byProvider = groupBy(
      messages.filter(({ providerId }) => providerId !== null),
      ({ channelId, providerId }) => `${channelId} ${providerId}`,
    );
    for (const [key, same] of byProvider)
      finding.expect(same.length === 1, () => `${key} is stored ${same.length} times`);
    const byText = groupBy(
      messages.filter(({ kind }) => kind === 'answer'),
      ({ text }) => text,
    );
    for (const { kind, status, asked, answer, targetId } of calls) {
      if (status === null || status >= 300) continue;
      if (kind === 'message') {
        const stored = byProvider.get(`${targetId} ${String(asked['messageId'])}`)?.[0];
        finding.expect(
          stored?.id === answer['messageId'] && stored?.conversationId === answer['conversationId'],
          () =>
            `${String(asked['messageId'])} was acknowledged in ${short(String(answer['conversationId']))} and is ${stored ? `in ${short(stored.conversationId)}` : 'nowhere'}`,
        );
      }
      if (kind === 'answer') {
        const stored = byText.get(String(asked['text'])) ?? [];
        finding.expect(
          stored.length === 1 && stored[0]!.conversationId === targetId,
          () =>
            `the answer "${String(asked['text'])}" to ${short(targetId)} was acknowledged and is stored ${stored.length} times`,
        );
      }
    }
    const byConversation = groupBy(messages, ({ conversationId }) => conversationId);
    for (const { id, messageSeq } of conversations) {
      const seqs = (byConversation.get(id) ?? []).map(({ seq }) => seq).toSorted((a, b) => a - b);
      finding.expect(
        seqs.length === messageSeq && seqs.every((seq, index) => seq === index + 1),
        () => `${short(id)} counts ${messageSeq} messages and has ${seqs.join(' ')}`,
      );
    }
    return finding;
  },
};

/** R33. */
export const oneActive: Property = {
  name: 'a contact never has two active conversations on one channel',
  rules: 'R33',
  check({ conversations }) {
    const finding = new Finding();
    for (const [pair, own] of groupBy(
      conversations,
      ({ contactId, channelId }) => `${short(contactId)} on ${short(channelId)}`,
    )) {
      const ordered = own.toSorted((a, b) => a.createdAt - b.createdAt);
      for (const [index, row] of ordered.entries()) {
        const next = ordered[index + 1];
        finding.expect(
          !next || (row.closedAt !== null && row.closedAt <= next.createdAt),
          () => `${pair}: ${short(row.id)} was active when ${short(next?.id)} began at ${clock(next?.createdAt ?? 0)}`,
        );
      }
    }
    return finding;
  },
};

/** R26. */
export const autoReplies: Property = {
  name: 'an automatic reply is sent once per contact, channel and closed period, and never while a person is talking',
  rules: 'R26',
  check({ messages, conversations, events, hours }) {
    const finding = new Finding();
    const rows = new Map(conversations.map((row) => [row.id, row]));
    const sent = new Map(
      events.filter(({ type }) => type === 'message.sent').map((event) => [event.data['messageId'], event]),
    );
    const replies = messages.filter(({ kind }) => kind === 'auto-reply').toSorted((a, b) => a.createdAt - b.createdAt);
    const last = new Map<string, number>();
    for (const { id, conversationId, createdAt } of replies) {
      const { contactId, channelId } = rows.get(conversationId)!;
      const view = sent.get(id)?.after;
      const calendar = new SectorCalendar(hours, view?.sectorId ?? '');
      finding.expect(
        view?.ownerId === null,
        () =>
          `${short(conversationId)} got an automatic reply at ${clock(createdAt)} while ${short(view?.ownerId)} had it`,
      );
      finding.expect(
        !calendar.isOpen(createdAt) || calendar.changedWithin(createdAt, 5_000),
        () => `${short(conversationId)} got an automatic reply at ${clock(createdAt)} while its sector was open`,
      );
      const before = last.get(`${contactId} ${channelId}`);
      finding.expect(
        before === undefined || calendar.openMs(before, createdAt) > 0,
        () => `${short(conversationId)} got a second automatic reply in one closed period at ${clock(createdAt)}`,
      );
      last.set(`${contactId} ${channelId}`, createdAt);
    }
    return finding;
  },
};
