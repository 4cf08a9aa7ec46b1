import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Route } from '../../../src/api/route.ts';

/** What the tests read of an OpenAPI document. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: unknown }>> }>
  >;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const named = (of: object) => ({ type: 'object', additionalProperties: of });
const closed = (required: readonly string[], properties: object) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});
const text = { type: 'string', minLength: 1 };
const content = {
  ...named({ $ref: '#/$defs/media' }),
  propertyNames: { pattern: '^[a-z]+/[a-z.+-]+$' },
  minProperties: 1,
};

/** The parts of OpenAPI 3.1 that the document uses; anything else in it is refused, so that it is added here first. */
export const openApiSchema = {
  $defs: {
    schema: { $ref: 'https://json-schema.org/draft/2020-12/schema' },
    media: closed(['schema'], { schema: { $ref: '#/$defs/schema' } }),
    security: { type: 'array', items: named({ type: 'array', items: text }) },
    parameter: {
      ...closed(['name', 'in', 'schema'], {
        name: text,
        in: { enum: ['query', 'header', 'path', 'cookie'] },
        description: text,
        required: { type: 'boolean' },
        schema: { $ref: '#/$defs/schema' },
        example: true,
      }),
      if: { properties: { in: { const: 'path' } } },
      then: { properties: { required: { const: true } }, required: ['required'] },
    },
    operation: closed(['operationId', 'summary', 'tags', 'security', 'responses'], {
      operationId: { type: 'string', pattern: '^[a-z][A-Za-z]+$' },
      summary: text,
      tags: { type: 'array', items: text, minItems: 1 },
      security: { $ref: '#/$defs/security' },
      parameters: { type: 'array', items: { $ref: '#/$defs/parameter' } },
      requestBody: closed(['content'], { required: { type: 'boolean' }, content }),
      responses: {
        type: 'object',
        minProperties: 1,
        patternProperties: { '^[1-5]\\d\\d$': closed(['description'], { description: text, content }) },
        additionalProperties: false,
      },
    }),
  },
  ...closed(['openapi', 'info', 'paths', 'components'], {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: closed(['title', 'version'], {
      title: text,
      version: text,
      description: text,
      license: closed(['name', 'identifier'], { name: text, identifier: text }),
    }),
    paths: {
      type: 'object',
      patternProperties: {
        '^/': {
          type: 'object',
          propertyNames: { enum: ['get', 'post', 'put', 'patch', 'delete'] },
          additionalProperties: { $ref: '#/$defs/operation' },
        },
      },
      additionalProperties: false,
    },
    components: closed(['schemas', 'securitySchemes'], {
      schemas: { ...named({ $ref: '#/$defs/schema' }), propertyNames: { pattern: '^[A-Za-z0-9._-]+$' } },
      securitySchemes: named({
        type: 'object',
        required: ['type'],
        properties: { type: { enum: ['apiKey', 'http', 'mutualTLS', 'oauth2', 'openIdConnect'] } },
      }),
    }),
  }),
};

export function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat('uuid', /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/);
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/);
  ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/);
  ajv.addFormat('email', /^[^@\s]+@[^@\s]+$/);
  for (const name of ['password', 'uri-reference', 'uri', 'regex']) ajv.addFormat(name, true);
  return ajv;
}

export const operationOf = (document: OpenApi, route: Pick<Route, 'method' | 'path'>): Operation =>
  document.paths[route.path]![route.method]!;

/** Checks live answers against the schemas that the document gives for them. */
export function answerCheck(document: OpenApi) {
  const ajv = newAjv();
  ajv.addSchema({ ...document, $id: 'openapi' });
  const known = new Map<string, ValidateFunction>();
  const pointer = (...names: readonly string[]): string =>
    names.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

  /** What is wrong with an answer; empty when it is as documented. */
  return (
    route: Pick<Route, 'method' | 'path'>,
    { status, headers, body }: { readonly status: number; readonly headers: Headers; readonly body: unknown },
  ): readonly string[] => {
    const response = operationOf(document, route).responses[status];
    if (!response) return [`${status} is not documented`];
    const type = headers.get('content-type')?.split(';')[0] ?? null;
    if (!response.content) return body === '' ? [] : ['a body where none is documented'];
    if (type === null || !response.content[type]) return [`${status} with ${type} is not documented`];
    const place = pointer('paths', route.path, route.method, 'responses', String(status), 'content', type, 'schema');
    const validate = known.get(place) ?? ajv.compile({ $ref: `openapi#${place}` });
    known.set(place, validate);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      (error) => `${status}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  };
}

/** Every object schema that a request body may hold, by its place. */
export function objectSchemasOf(
  document: OpenApi,
  schema: unknown,
  place: string,
  seen: Set<string> = new Set(),
): readonly (readonly [place: string, schema: Readonly<Record<string, unknown>>])[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { $ref, ...rest } = schema as Readonly<Record<string, unknown>>;
  const found: (readonly [string, Readonly<Record<string, unknown>>])[] = [];
  if (typeof $ref === 'string' && !seen.has($ref)) {
    seen.add($ref);
    const name = $ref.replace('#/components/schemas/', '');
    found.push(...objectSchemasOf(document, document.components.schemas[name], name, seen));
  }
  if (rest['type'] === 'object') found.push([place, rest]);
  for (const [name, member] of Object.entries(rest)) {
    found.push(...objectSchemasOf(document, member, `${place}/${name}`, seen));
  }
  return found;
}
