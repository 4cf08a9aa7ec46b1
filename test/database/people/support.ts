import { sql } from 'kysely';
import { queries } from '../../support/builders.ts';
import { startSteps, type Steps } from '../../support/steps.ts';

export interface SomeEvent {
  readonly type: string;
  readonly actor: unknown;
  readonly data: Record<string, unknown>;
  readonly conversationId: string | null;
}

/** The steps, and what they told others since one last asked. */
export interface PeopleSteps extends Pick<Steps, 'platform' | 'run' | 'conversation' | 'stop'> {
  /** Signal and target of each wake-up since the last call, each once. */
  woken(): string[];
  /** The events since the last call, oldest first, those of no conversation among them. */
  events(): Promise<SomeEvent[]>;
}

export async function startPeople(): Promise<PeopleSteps> {
  const { platform, run, conversation, stop, wakeUps } = await startSteps(8);
  let seen = 0;
  return {
    platform,
    run,
    conversation,
    stop,
    woken: () => [...new Set(wakeUps.splice(0).map(({ signal, targetId }) => `${signal} ${targetId}`))],
    async events() {
      const { rows } = await sql<SomeEvent & { ordinal: number }>`
        select ordinal, type, actor, data, conversation_id as "conversationId" from event where ordinal > ${seen} order by ordinal`.execute(
        queries(platform),
      );
      seen = rows.at(-1)?.ordinal ?? seen;
      return rows.map(({ ordinal: _ordinal, ...event }) => event);
    },
  };
}
