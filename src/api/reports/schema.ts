import { z } from 'zod';
import { sectorId, userId } from '../../domain/ids.ts';
import { timestamp } from '../schemas.ts';

/** What a report is divided by. */
export const dimensions = ['day', 'sector', 'agent'] as const;
export type Dimension = (typeof dimensions)[number];

/** The longest time of one report, in days. */
export const mostDays = 92;

const date = z.iso.date('must be a date such as 2026-12-31');
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;

export const activityQuery = z
  .strictObject({
    from: date.meta({ description: 'The first day, in the organisation’s time zone.', example: '2026-11-01' }),
    to: date.meta({ description: 'The last day, included.', example: '2026-11-30' }),
    by: z
      .string()
      .max(40)
      .default('day')
      .transform((text, context): Dimension[] => {
        const named = text.split(',');
        const known = dimensions.filter((name) => named.includes(name));
        if (known.length !== named.length)
          context.addIssue(`must name ${dimensions.join(', ')}, each at most once, separated by commas`);
        return known;
      })
      .meta({ description: 'What each row stands for: `day`, `sector`, `agent`, or several: `sector,day`.' }),
    sectorId: sectorId.optional(),
    agentId: userId.optional(),
    format: z.enum(['json', 'csv']).optional().meta({ description: 'Counts before `Accept`.' }),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not lie before `from`' })
  .refine(({ from, to }) => daysBetween(from, to) <= mostDays, {
    path: ['to'],
    error: `at most ${mostDays} days at once`,
  });
export type ActivityQuery = z.output<typeof activityQuery>;

const count = z.number().int();
const wait = z
  .object({
    count,
    medianSeconds: count.nullable(),
    p90Seconds: count.nullable().meta({ description: 'Nine of ten waited no longer.' }),
  })
  .meta({ id: 'ReportWait' });

export const activityRowSchema = z
  .object({
    day: z.string().nullable(),
    sector: z.object({ id: sectorId, name: z.string() }).nullable(),
    agent: z.object({ id: userId, name: z.string() }).nullable(),
    created: count.meta({ description: 'Conversations that began.' }),
    outOfHours: count.meta({ description: 'Of these, while the sector was closed.' }),
    offers: count,
    accepts: count.meta({ description: 'Taken by somebody: offers, and what waited or was open.' }),
    assignments: count.meta({ description: 'Given to somebody without their doing.' }),
    declines: count,
    misses: count.meta({ description: 'Offers that expired.' }),
    transfers: count.meta({ description: 'Counted where they came from.' }),
    returns: count,
    closes: count,
    waitForOffer: wait,
    waitForAccept: wait,
  })
  .meta({ id: 'ActivityReportRow' });

export const activitySchema = z
  .object({
    from: z.string(),
    to: z.string(),
    timeZone: z.string(),
    asOf: timestamp,
    waits: z.literal('wall-clock').meta({
      description:
        'From the first message to the first offer and to the first owner, of conversations that began while their sector was open; those of `outOfHours` would only tell how long the night was.',
    }),
    rows: z.array(activityRowSchema),
  })
  .meta({
    id: 'ActivityReport',
    description:
      'What happened in the sectors of the caller; of administrators, in all. An event counts on its day, in the sector from which it happened, for the agent who acted or was offered something. Rows without an agent: nobody’s doing.',
  });
