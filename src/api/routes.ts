import { accountRoutes } from './accounts/routes.ts';
import { apiKeyRoutes } from './apiKeys/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { channelRoutes } from './channels/routes.ts';
import { forgetContactRoute } from './contacts/forget.ts';
import { portfolioMoveRoutes } from './contacts/moves.ts';
import { readContactHistory } from './contacts/history.ts';
import { contactNoteRoutes } from './contacts/notes.ts';
import { portfolioRoutes } from './contacts/portfolio.ts';
import { clientRoutes } from './clients/routes.ts';
import { contactRoutes } from './contacts/routes.ts';
import { conversationRoutes } from './conversations/routes.ts';
import { customFieldRoutes } from './customFields/routes.ts';
import { dispatchRoutes } from './dispatches/routes.ts';
import { groupRoutes } from './groups/routes.ts';
import { healthRoutes } from './health/routes.ts';
import { importRoutes } from './imports/routes.ts';
import { inboundRoutes } from './channels/inbound.ts';
import { organizationRoutes } from './organization/routes.ts';
import { permissionRoutes } from './permissions/routes.ts';
import { reportRoutes } from './reports/routes.ts';
import { ruleRoutes } from './rules/routes.ts';
import { outcomeRoutes } from './sectors/outcomes.ts';
import { directoryRoutes } from './sectors/directory.ts';
import { memberRoutes } from './sectors/members.ts';
import { rotationRoutes } from './sectors/rotation.ts';
import { sectorRoutes } from './sectors/routes.ts';
import { savedFilterRoutes } from './savedFilters/routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { invitationRoutes } from './users/invitations.ts';
import { mailRoutes } from './users/mails.ts';
import { userRoutes } from './users/routes.ts';
import { liveRoutes } from './live/routes.ts';
import { tagRoutes } from './tags/routes.ts';
import { variableRoutes } from './variables/routes.ts';
import { walkInRoutes } from './walkIns/routes.ts';
import type { Route } from './route.ts';

/** Every route of the API; the OpenAPI document and the permission walk are made of this list. */
export const routes: readonly Route[] = [
  ...sessionRoutes,
  ...accountRoutes,
  ...inboundRoutes,
  ...conversationRoutes,
  ...liveRoutes,
  ...sectorRoutes,
  ...directoryRoutes,
  ...memberRoutes,
  ...rotationRoutes,
  ...outcomeRoutes,
  ...userRoutes,
  ...permissionRoutes,
  ...invitationRoutes,
  ...mailRoutes,
  ...channelRoutes,
  ...walkInRoutes,
  ...ruleRoutes,
  ...contactRoutes,
  ...contactNoteRoutes,
  readContactHistory,
  forgetContactRoute,
  ...portfolioRoutes,
  ...clientRoutes,
  ...groupRoutes,
  ...dispatchRoutes,
  ...portfolioMoveRoutes,
  ...importRoutes,
  ...reportRoutes,
  ...tagRoutes,
  ...customFieldRoutes,
  ...variableRoutes,
  ...savedFilterRoutes,
  ...organizationRoutes,
  ...apiKeyRoutes,
  ...auditRoutes,
  ...healthRoutes,
];
