import { z } from 'zod';
import { Refusal } from '../../domain/errors.ts';
import { responseActions } from '../../domain/routing/response.ts';
import { type DistributionSettings, distributionModes, type RoutingRanges } from '../../domain/routing/settings.ts';
import { given, toMs, toSeconds } from '../schemas.ts';

const seconds = z.number().int('must be whole seconds').min(1);

const members = {
  mode: z
    .enum(distributionModes)
    .meta({ description: '`sequential` offers, `automatic` assigns, `manual` lets members take.' }),
  offerTimeoutSeconds: seconds.max(86_400).meta({ description: 'How long an offer lasts.' }),
  distributionLimitSeconds: seconds
    .max(604_800)
    .meta({ description: 'Business time after which the whole sector may take the conversation.' }),
  overflow: z.boolean().meta({ description: 'Off: the designated agent keeps the offer until the limit.' }),
  capacity: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .nullable()
    .meta({ description: 'Most offers plus conversations of one agent in the sector; `null` = no limit.' }),
  cherryPicking: z.boolean().meta({ description: 'Members may take what is still waiting while the sector is open.' }),
};
const reopenWindowSeconds = z
  .number()
  .int('must be whole seconds')
  .min(0)
  .max(31_536_000)
  .meta({ description: 'How long after a close a contact goes back to the last owner; 0 = off.' });
const portfolioAssigns = z.boolean().meta({
  description: 'A contact of a portfolio is assigned to its owner at once; off: offered to them first (R29).',
});

const span = z.number().int('must be whole seconds').max(604_800);
const ownerMembers = {
  reopenWindowSeconds,
  portfolioAssigns,
  responseTimeoutSeconds: span
    .min(1)
    .nullable()
    .meta({ description: 'Business time for which an owner may leave a contact without an answer; `null` = off.' }),
  responseAction: z.enum(responseActions).meta({
    description: 'What happens then: `tell-supervisor` by an event, `return` to the queue, or `open` to the sector.',
  }),
  absentOwnerGraceSeconds: span.min(0).nullable().meta({
    description:
      'Business time for which an owner may be gone – not available, or without a live stream – before a conversation goes back to the queue when the contact writes; `null` = off.',
  }),
};

/** What holds for new sectors. */
export const distributionSchema = z.object(members).meta({ id: 'Distribution' });
export const distributionChangesSchema = z
  .strictObject(members)
  .partial()
  .meta({ id: 'DistributionChanges', description: 'Any part of it.' });

/** How one sector distributes. */
export const sectorDistributionSchema = z.object({ ...members, ...ownerMembers }).meta({ id: 'SectorDistribution' });
export const sectorDistributionChangesSchema = z
  .strictObject({ ...members, ...ownerMembers })
  .partial()
  .meta({ id: 'SectorDistributionChanges', description: 'Any part of it.' });

/** What a sector asks of owners, as far as a change names it; times as the database keeps them. */
export const changedOwnership = (changes: z.output<typeof sectorDistributionChangesSchema>) =>
  given({
    reopenWindowMs: changes.reopenWindowSeconds === undefined ? undefined : toMs(changes.reopenWindowSeconds),
    responseTimeoutMs: msOf(changes.responseTimeoutSeconds),
    responseAction: changes.responseAction,
    absenceGraceMs: msOf(changes.absentOwnerGraceSeconds),
  });

const msOf = (seconds: number | null | undefined): number | null | undefined =>
  seconds === null || seconds === undefined ? seconds : toMs(seconds);

type Changes = z.output<typeof distributionChangesSchema>;

export const presentDistribution = (settings: DistributionSettings) => ({
  mode: settings.mode,
  offerTimeoutSeconds: toSeconds(settings.offerTimeoutMs),
  distributionLimitSeconds: toSeconds(settings.distributionLimitMs),
  overflow: settings.overflow,
  capacity: settings.capacity,
  cherryPicking: settings.cherryPicking,
});

/**
 * The settings after a change of some of them, checked (R7, R8).
 * @throws Refusal `settings-out-of-range` with the path and what is allowed
 */
export function changedDistribution(
  present: DistributionSettings,
  changes: Changes,
  ranges: RoutingRanges,
): DistributionSettings {
  const { offerTimeoutSeconds, distributionLimitSeconds, mode, overflow, capacity, cherryPicking } = changes;
  const after = {
    ...present,
    ...given({
      mode,
      overflow,
      capacity,
      cherryPicking,
      offerTimeoutMs: offerTimeoutSeconds === undefined ? undefined : toMs(offerTimeoutSeconds),
      distributionLimitMs: distributionLimitSeconds === undefined ? undefined : toMs(distributionLimitSeconds),
    }),
  };
  assertWithin('offerTimeoutSeconds', offerTimeoutSeconds, ranges.minOfferSeconds, ranges.maxOfferSeconds);
  assertWithin('distributionLimitSeconds', distributionLimitSeconds, ranges.minLimitSeconds, ranges.maxLimitSeconds);
  if (offerTimeoutSeconds !== undefined || distributionLimitSeconds !== undefined) {
    assertWithin('offerTimeoutSeconds', toSeconds(after.offerTimeoutMs), 1, toSeconds(after.distributionLimitMs));
  }
  return after;
}

function assertWithin(name: string, value: number | undefined, minSeconds: number, maxSeconds: number): void {
  if (value === undefined || (value >= minSeconds && value <= maxSeconds)) return;
  const path = `body.distribution.${name}`;
  const reason = `must be from ${minSeconds} to ${maxSeconds} seconds, and the offer no longer than the distribution limit: ${value} is not`;
  throw new Refusal('settings-out-of-range', `${name} ${reason}.`, {
    path,
    allowed: { minSeconds, maxSeconds },
    errors: [{ path, reason }],
  });
}
