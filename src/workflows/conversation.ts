import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Standing } from '../domain/conversation/standing.ts';
import { type ConversationFact, type ConversationInput, conversationSignals } from './protocol.ts';
import { showConversation, timerSummary } from './show.ts';
import { advance } from './steps.ts';

/**
 * One conversation, from its first message to its close. The rules decide inside the steps, each one transaction; this
 * is the durable story around them: take the step that is due, show where the conversation stands, and wait for the
 * earlier of its time and of news from people – until it is closed. News that tell where it stands need no step.
 */
export async function conversation(input: ConversationInput): Promise<void> {
  let seenVersion = 0;
  let stepIsDue = true;
  const told: { standing: Standing | null } = { standing: null };
  for (const name of conversationSignals) {
    setHandler(defineSignal<[ConversationFact]>(name), ({ version, standing }) => {
      // A fact that the last step already saw is no news; a wake-up always is: it tells of something around the row.
      if (name !== 'woken' && version <= seenVersion) return;
      if (!standing) stepIsDue = true;
      else if (version > (told.standing?.version ?? 0)) told.standing = standing;
    });
  }
  const hasNews = (): boolean => stepIsDue || told.standing !== null;
  const nextStanding = async (): Promise<Standing> => {
    if (!stepIsDue && told.standing) return told.standing;
    stepIsDue = false;
    return advance(input);
  };

  for (;;) {
    const standing = await nextStanding();
    seenVersion = standing.version;
    if ((told.standing?.version ?? 0) <= seenVersion) told.standing = null;
    if (standing.lookAgain) {
      stepIsDue = true;
      continue;
    }
    showConversation(standing);
    if (standing.status !== 'active') return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof conversation>(input);

    if (standing.dueInMs === null) await condition(hasNews);
    else if (!hasNews()) await condition(hasNews, Math.max(standing.dueInMs, 1), { summary: timerSummary(standing) });
    stepIsDue ||= told.standing === null;
  }
}
