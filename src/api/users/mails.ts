import { z } from 'zod';
import { mailKinds, mailStates } from '../../domain/access/mail.ts';
import { mailId, userId } from '../../domain/ids.ts';
import { read, type Route } from '../route.ts';
import { page, pageOf, pageQuery, placeOfCursor, timestamp } from '../schemas.ts';

const mailSchema = z
  .object({
    id: mailId,
    kind: z.enum(mailKinds),
    userId: userId.nullable().meta({ description: '`null` until it is known whose address it is.' }),
    recipient: z.string(),
    state: z.enum(mailStates).meta({
      description:
        '`waiting` for the mail server, `sent`, `failed`: refused for good, `dropped`: no longer true before it went out.',
    }),
    reason: z.string().nullable().meta({ description: 'What the mail server said last, or why it was dropped.' }),
    attempts: z.number().int(),
    createdAt: timestamp,
    sentAt: timestamp.nullable(),
  })
  .meta({ id: 'Mail', description: 'A mail to somebody of the organisation. Its text and link are shown nowhere.' });

const place = z.tuple([z.iso.datetime(), mailId]);

export const mailRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/mails',
    operationId: 'listMails',
    summary: 'Mails to users, newest first: what waits, what went out, what was refused and why',
    tag: 'Users',
    caller: 'person',
    can: ['read', 'Mail'],
    query: z.strictObject({ ...pageQuery, state: z.enum(mailStates).optional(), userId: userId.optional() }),
    answers: { 200: pageOf(mailSchema).meta({ id: 'MailPage' }) },
    handle: async (db, { query: { limit, cursor, state, userId: user } }) => {
      const from = cursor === undefined ? null : placeOfCursor(cursor, place);
      let rows = db
        .selectFrom('mail')
        .select(['id', 'kind', 'userId', 'recipient', 'state', 'reason', 'attempts', 'createdAt', 'sentAt'])
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (state) rows = rows.where('state', '=', state);
      if (user) rows = rows.where('userId', '=', user);
      if (from) {
        const [createdAt, id] = from;
        const at = new Date(createdAt);
        rows = rows.where(({ or, and, eb }) =>
          or([eb('createdAt', '<', at), and([eb('createdAt', '=', at), eb('id', '<', id)])]),
        );
      }
      const present = ({ createdAt, sentAt, ...mail }: Awaited<ReturnType<typeof rows.execute>>[number]) => ({
        ...mail,
        userId: mail.userId ?? null,
        reason: mail.reason ?? null,
        createdAt: createdAt.toISOString(),
        sentAt: sentAt?.toISOString() ?? null,
      });
      return {
        status: 200,
        body: page(await rows.execute(), limit, present, (mail) => [mail.createdAt.toISOString(), mail.id]),
      };
    },
  }),
];
