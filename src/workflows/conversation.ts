import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { type ConversationFact, type ConversationInput, conversationSignals } from './protocol.ts';
import { showConversation, timerSummary } from './show.ts';
import { advance } from './steps.ts';

/**
 * One conversation, from its first message to its close. The rules decide inside the steps, each one transaction; this
 * is the durable story around them: take the step that is due, show where the conversation stands, and wait for the
 * earlier of its time and of news from people – until it is closed.
 */
export async function conversation(input: ConversationInput): Promise<void> {
  let news = false;
  let seenVersion = 0;
  for (const name of conversationSignals) {
    // A fact that the last step already saw is no news; a wake-up always is: it tells of something around the row.
    setHandler(defineSignal<[ConversationFact]>(name), (fact) => {
      if (name === 'woken' || fact.version > seenVersion) news = true;
    });
  }

  for (;;) {
    news = false;
    const standing = await advance(input);
    seenVersion = standing.version;
    if (standing.lookAgain) continue;
    showConversation(standing);
    if (standing.status !== 'active') return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof conversation>(input);

    if (standing.dueInMs === null) await condition(() => news);
    else if (!news) await condition(() => news, Math.max(standing.dueInMs, 1), { summary: timerSummary(standing) });
  }
}
