import { z } from 'zod';
import { dbOf } from '../../database/db.ts';
import { loadPersonOfSession } from '../../database/repositories/principals.ts';
import { type Route, stream } from '../route.ts';

/** `GET /v1/events`: the frontends' only source of news; they poll nothing. */
export const liveRoutes: readonly Route[] = [
  stream({
    method: 'get',
    path: '/v1/events',
    operationId: 'streamEvents',
    summary:
      'What happens, as server-sent events: all that the caller may see; `Last-Event-ID` resumes without a gap or a duplicate',
    tag: 'Live',
    caller: 'person',
    query: z.strictObject({
      lastEventId: z
        .string()
        .max(100)
        .optional()
        .meta({ description: 'Where the header cannot be set: the id of the last event seen.' }),
    }),
    answers: { 200: z.string() },
    mediaType: 'text/event-stream',
    refusals: ['invalid-request'],
    handle: (live, { person, sessionHash, deps }, request, response) =>
      live.serve(
        person,
        async () => (await loadPersonOfSession(dbOf(deps.platform.orm.em.fork()), sessionHash)) !== null,
        request,
        response,
      ),
  }),
];
