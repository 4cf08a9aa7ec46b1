import type { Route } from '../route.ts';
import { closeConversations } from './closeMany.ts';
import { commandRoutes } from './commands.ts';
import { readConversation } from './item.ts';
import { countConversations, listConversations } from './list.ts';
import { listMessages, writeMessage } from './messages.ts';
import { readPosition } from './position.ts';
import { suggestAnswers } from '../suggestions/routes.ts';
import { readTimeline } from './timeline.ts';

/** Conversations: what the caller may see of them, and the commands. Fixed paths stand before `{id}`. */
export const conversationRoutes: readonly Route[] = [
  listConversations,
  countConversations,
  closeConversations,
  readConversation,
  ...commandRoutes,
  listMessages,
  writeMessage,
  readPosition,
  readTimeline,
  suggestAnswers,
];
