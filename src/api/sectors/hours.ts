import { z } from 'zod';
import type { AutoReply } from '../../domain/conversation/autoReply.ts';
import { type Mistake, Refusal } from '../../domain/errors.ts';
import { type BusinessHours, businessHoursSchema } from '../../domain/routing/businessHours.ts';
import { given } from '../schemas.ts';

export const autoReplySchema = z
  .object({ enabled: z.boolean(), text: z.string() })
  .meta({ id: 'AutoReply', description: 'What a contact gets who writes while the sector is closed.' });

export const autoReplyChangesSchema = z
  .strictObject({ enabled: z.boolean(), text: z.string().trim().max(4_096, 'must have at most 4,096 characters') })
  .partial()
  .meta({ id: 'AutoReplyChanges' });

/** Hours given in part are merged into those that stand; a new sector needs them whole. */
export const hoursChangesSchema = businessHoursSchema
  .partial()
  .meta({ id: 'BusinessHoursChanges', description: 'Any part of the hours; lists are replaced as a whole.' });

const invalid = (errors: readonly Mistake[]) =>
  new Refusal('invalid-request', 'Some fields are not valid.', { errors });

/**
 * The hours after a change of some of their members; `null` takes them away.
 * @throws Refusal `invalid-request` where nothing stands yet that the part could be merged into
 */
export function changedHours(
  present: BusinessHours | null,
  changes: z.output<typeof hoursChangesSchema> | null,
): BusinessHours | null {
  if (changes === null) return null;
  const parsed = businessHoursSchema.safeParse({ ...present, ...given(changes) });
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map((issue) => ({ path: ['body', 'hours', ...issue.path].join('.'), reason: issue.message })),
  );
}

/** The automatic reply after a change of some of its members. @throws Refusal `invalid-request` for one without a text */
export function changedAutoReply(
  present: AutoReply | null,
  changes: z.output<typeof autoReplyChangesSchema>,
): AutoReply {
  const after = { enabled: false, text: '', ...present, ...given(changes) };
  if (after.enabled && after.text === '')
    throw invalid([{ path: 'body.autoReply.text', reason: 'must not be empty while the automatic reply is on' }]);
  return after;
}
