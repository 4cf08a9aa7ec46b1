import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { RefusalCode } from '../domain/errors.ts';
import { problems } from './problems.ts';
import type { CallerKind, Route } from './route.ts';

const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string().meta({ description: 'Stable; for programs.' }),
    detail: z.string().meta({ description: 'For people.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. `invalid-request` lists each field’s path and reason in `errors`.' });

/** What bodies may be sent as; the second is a change as a JSON merge patch. */
export const bodyTypes = ['application/json', 'application/merge-patch+json'] as const;

/** The OpenAPI 3.1 document, made of the very schemas that check the requests. */
export function openApiDocument(routes: readonly Route[], version: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Rodízio',
      version,
      description: 'Routes customer conversations to the people who answer them.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    components: {
      securitySchemes: {
        session: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of `POST /v1/sessions`, or an API key of `POST /v1/api-keys`.',
        },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'rodizio_session',
          description:
            'Set by `POST /v1/sessions`; called `__Host-rodizio_session` where the API is reached by `https:`.',
        },
        channelKey: { type: 'http', scheme: 'bearer', description: 'A key of the channel.' },
      },
    },
    paths,
  });
}

const securityOf: Readonly<Record<CallerKind, Record<string, string[]>[]>> = {
  person: [{ session: [] }, { cookie: [] }],
  channel: [{ channelKey: [] }],
  anybody: [],
};

function operationOf(route: Route): ZodOpenApiOperationObject {
  const keyed = route.kind === 'write' || route.kind === 'many' || route.kind === 'upload';
  const header = z.object({
    ...(keyed
      ? {
          'Idempotency-Key': z
            .string()
            .max(255)
            .optional()
            .meta({ description: 'A repeat with the same key gets the first final answer (24 h).' }),
        }
      : {}),
    ...(keyed && route.path.startsWith('/v1/conversations/{id}')
      ? {
          'If-Match': z
            .string()
            .optional()
            .meta({ description: 'The ETag that you saw; `412` if the conversation changed since.' }),
        }
      : {}),
  });
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    security: securityOf[route.caller as CallerKind],
    requestParams: {
      ...(route.params ? { path: route.params } : {}),
      ...(route.query ? { query: route.query } : {}),
      ...(Object.keys(header.shape).length > 0 ? { header } : {}),
    },
    ...(route.body ? { requestBody: { required: true, content: bodyOf(route) } } : {}),
    ...(route.kind === 'upload'
      ? { requestBody: { required: true, content: { [route.takesType]: { schema: z.string().max(route.mostBytes) } } } }
      : {}),
    responses: responsesOf(route),
  };
}

const bodyOf = ({ method, body }: Route) =>
  Object.fromEntries(bodyTypes.slice(0, method === 'patch' ? 2 : 1).map((type) => [type, { schema: body }]));

function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, schema] of Object.entries(route.answers)) {
    responses[status as '200'] = schema
      ? { description: 'Done.', content: contentOf(route, schema) }
      : { description: 'Done, no content.' };
  }
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of refusalsOf(route)) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    responses[`${status}` as '400'] ??= {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  return responses;
}

const contentOf = (route: Route, schema: z.ZodType): ZodOpenApiContentObject => ({
  [route.mediaType ?? 'application/json']: { schema },
  ...(route.alsoAsCsv
    ? { 'text/csv': { schema: z.string().meta({ description: 'UTF-8 with a byte order mark.' }) } }
    : {}),
});

function refusalsOf(route: Route): Set<RefusalCode> {
  // An unknown parameter is invalid everywhere.
  const codes: RefusalCode[] = ['unavailable', 'invalid-request', ...(route.refusals ?? [])];
  if (route.body || route.kind === 'upload') codes.push('payload-too-large', 'unsupported-media-type');
  if (route.caller !== 'anybody') codes.push('unauthenticated');
  // For who tries one credential after the other.
  if (route.caller !== 'anybody' || route.path.includes('{token}')) codes.push('too-many-requests');
  // A change that a page of another site sent with the caller's cookie.
  if (route.caller === 'person' && route.method !== 'get') codes.push('forbidden');
  if (route.can || route.peopleOnly) codes.push('forbidden');
  if (route.params) codes.push('not-found');
  if (route.kind === 'write' || route.kind === 'many' || route.kind === 'upload') codes.push('idempotency-key-reused');
  return new Set(codes);
}
