import type { Db } from '../../database/db.ts';
import { placeholderValues } from '../../database/repositories/placeholders.ts';
import { filledIn, placeholdersIn } from '../../domain/conversation/placeholders.ts';
import { mailWords } from '../../domain/access/mailWords.ts';
import { Refusal } from '../../domain/errors.ts';

/**
 * The mail of an invitation with a draft of the signature, or with the one that stands.
 * @throws Refusal `invalid-request` for a draft that names what there is not
 */
export async function previewSignature(
  db: Db,
  { name, link }: { readonly name: string; readonly link: string },
  draft: string | null | undefined,
): Promise<{ readonly subject: string; readonly text: string }> {
  const { name: organization, emailSignature } = await db
    .selectFrom('organization')
    .select(['name', 'emailSignature'])
    .executeTakeFirstOrThrow();
  const text = draft === undefined ? (emailSignature ?? null) : draft;
  const values = await placeholderValues(db);
  const unknown = placeholdersIn(draft ?? '').filter((placeholder) => !values.has(placeholder));
  if (unknown.length > 0) {
    throw new Refusal('invalid-request', 'A text names something that there is not.', {
      errors: unknown.map((one) => ({ path: 'body.emailSignature', reason: `there is no {{${one}}}` })),
    });
  }
  const signature = text ? filledIn(text, values) : null;
  return mailWords('invitation', { organization, name, link, newEmail: null, signature });
}
