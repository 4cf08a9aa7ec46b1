import { z } from 'zod';
import { Refusal } from '../domain/errors.ts';

/** Shapes that several resources share. */

export const timestamp = z.iso
  .datetime({ offset: true })
  .meta({ description: 'RFC 3339, UTC', example: '2026-11-22T12:00:00.000Z' });

/** A name that people read: trimmed, 1 to 120 characters. */
export const nameText = z.string().trim().min(1, 'must not be empty').max(120, 'must have at most 120 characters');

/** A text for people that may be empty or missing. */
export const longText = (most: number) => z.string().trim().max(most, `must have at most ${most} characters`);

export const messageText = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(4_096, 'must have at most 4,096 characters');

export const tagName = z.string().trim().min(1, 'must not be empty').max(64, 'must have at most 64 characters');

/** What a conversation is about, in a line. */
export const subjectText = z.string().trim().min(1, 'must not be empty').max(200, 'must have at most 200 characters');

/** All tags of something, in their order. */
export const tagNames = z
  .array(tagName)
  .max(50, 'at most 50 tags')
  .refine((tags) => new Set(tags).size === tags.length, 'must not name one twice')
  .meta({ description: 'All of them, in their order.' });

/** Changes of custom fields: a merge. */
export const fieldChanges = z
  .record(z.string().min(1).max(64), z.string().max(500, 'must have at most 500 characters').nullable())
  .refine((fields) => Object.keys(fields).length <= 50, 'at most 50 fields at once')
  .meta({ description: 'Merged: `null` removes a field, one that is not named stays.' });

/** A pattern of `like` for texts that contain this one. */
export const containing = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

export const byId = <T extends z.ZodType>(id: T) => z.object({ id });

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'At most this many items (1–200).' }),
  cursor: z.string().max(500).optional().meta({ description: '`nextCursor` of the page before.' }),
};

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: '`null` on the last page.' }),
  });

/** Packs the place of the last row of a page into an opaque text. */
export const cursorOf = (place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/**
 * Unpacks a cursor. @throws Refusal `invalid-request` for anything that `cursorOf` did not make of such values.
 */
export function placeOfCursor<T extends z.ZodType>(cursor: string, shape: T): z.output<T> {
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new Refusal('invalid-request', 'The cursor is not one of ours.', {
      errors: [{ path: 'query.cursor', reason: 'must be the nextCursor of an earlier page of the same list' }],
    });
  }
}

/** Cuts a page out of rows read with `limit + 1`. */
export function page<T, I>(
  rows: readonly T[],
  limit: number,
  present: (row: T) => I,
  placeOf: (row: T) => readonly (string | number)[],
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(present), nextCursor: rows.length > limit && last ? cursorOf(placeOf(last)) : null };
}

/** Seconds of the API as milliseconds of the database. */
export const toMs = (seconds: number): number => seconds * 1_000;
export const toSeconds = (ms: number): number => ms / 1_000;

/** What an object of changes really holds: a member that was not sent is left out, so it changes nothing. */
export const given = <T extends object>(changes: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
