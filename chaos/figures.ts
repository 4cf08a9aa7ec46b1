import type { Snapshot } from './checker/snapshot.ts';

/** How late things were, in milliseconds: to be read, not to be judged – the machine and the kills decide as well. */
export function figuresOf({ events, offers, conversations, workflows }: Snapshot): Record<string, number> {
  const createdAt = new Map<string, number>();
  const firstStepMs: number[] = [];
  for (const { type, actor, at, conversationId } of events) {
    if (!conversationId) continue;
    if (type === 'conversation.created') createdAt.set(conversationId, at);
    else if (actor.kind === 'user' || /offered|opened|assigned/.test(type)) {
      const created = createdAt.get(conversationId);
      // Whoever takes it by hand ends the wait for the first step.
      if (created !== undefined && actor.kind === 'system') firstStepMs.push(at - created);
      createdAt.delete(conversationId);
    }
  }
  const expiryLateMs = offers
    .filter(({ end }) => end === 'expired')
    .map(({ startedAt, endedAt, timeoutMs }) => (endedAt ?? 0) - startedAt - (timeoutMs ?? 0));
  const began = new Map(conversations.map((row) => [row.id, row.createdAt]));
  const workflowStartMs = workflows.map((run) => run.startedAt - (began.get(run.conversationId) ?? run.startedAt));
  return {
    ...quantiles('workflowStartMs', workflowStartMs),
    ...quantiles('firstOfferMs', firstStepMs),
    ...quantiles('expiryLateMs', expiryLateMs),
  };
}

function quantiles(name: string, values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { [`${name}P50`]: at(0.5), [`${name}P90`]: at(0.9), [`${name}Max`]: at(1) };
}
