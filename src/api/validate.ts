import type { Request } from 'express';
import type { z } from 'zod';
import { type Mistake, Refusal } from '../domain/errors.ts';

/** What a route says of its requests. */
interface Schemas {
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
}

/**
 * What the route's schemas make of path, query and body.
 * @throws Refusal `invalid-request` with every mistake; `not-found` for an id in the path that is none.
 */
export function validated(route: Schemas, request: Request) {
  const mistakes: Mistake[] = [...unstorable(request.query, 'query'), ...unstorable(request.body, 'body')];
  if (mistakes.length > 0) throw invalid('Some fields cannot be stored.', mistakes);
  const check = (schema: z.ZodType | undefined, value: unknown, place: string): unknown => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    mistakes.push(...parsed.error.issues.flatMap((issue) => mistakesOf(issue, place)));
    return undefined;
  };
  const params = check(route.params, request.params, 'path');
  // An id that is none names nothing: the same answer as for one that does not exist.
  if (mistakes.length > 0) throw new Refusal('not-found', 'There is nothing here.');
  const query = check(route.query, request.query, 'query');
  if (!route.query && Object.keys(request.query).length > 0) {
    mistakes.push(
      ...Object.keys(request.query).map((name) => ({ path: `query.${name}`, reason: 'unknown parameter' })),
    );
  }
  const body = check(route.body, request.body ?? {}, 'body');
  if (mistakes.length > 0) throw invalid('Some fields are not valid.', mistakes);
  return { params, query, body };
}

/** More would be no help to anybody, and a small body could be answered with megabytes. */
const mostMistakes = 50;
const mostCharacters = 300;

const shortened = (text: string): string => (text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text);

function invalid(sentence: string, mistakes: readonly Mistake[]): Refusal {
  const more = mistakes.length - mostMistakes;
  return new Refusal('invalid-request', sentence, {
    errors: mistakes
      .slice(0, mostMistakes)
      .map(({ path, reason }) => ({ path: shortened(path), reason: shortened(reason) })),
    ...(more > 0 ? { moreErrors: more } : {}),
  });
}

/** Each unknown member is a mistake of its own, at its path. */
function mistakesOf(issue: z.core.$ZodIssue, place: string): Mistake[] {
  const path = [place, ...issue.path].join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, reason: issue.message }];
  const reason = place === 'query' ? 'unknown parameter' : 'unknown member';
  return issue.keys.map((key) => ({ path: `${path}.${key}`, reason }));
}

const deepest = 32;
/** Far beyond what anything here takes: a list of zeros as long as a body may be would keep a schema busy for a second. */
const widest = 5_000;

/** PostgreSQL stores neither NUL nor halves of a surrogate pair: texts with them are refused at the edge. */
function unstorable(value: unknown, path: string, depth = 0): Mistake[] {
  if (typeof value === 'string') {
    return value.isWellFormed() && !value.includes('\0')
      ? []
      : [{ path, reason: 'must be well-formed text without NUL characters' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (depth === deepest) return [{ path, reason: `must not be nested deeper than ${deepest} levels` }];
  const members = Object.entries(value);
  if (members.length > widest) return [{ path, reason: 'must not have more than 5,000 entries' }];
  return members.flatMap(([name, member]) => [
    // Nothing could hold it: it would be lost without a word.
    ...(name === '__proto__' ? [{ path: `${path}.${name}`, reason: 'is no usable name' }] : []),
    ...unstorable(name, path, depth),
    ...unstorable(member, `${path}.${name}`, depth + 1),
  ]);
}
