import type { z } from 'zod';
import type { Cell } from '../csv.ts';
import type { ActivityRow } from './activity.ts';
import type { activityRowSchema } from './schema.ts';

export const presentRow = (row: ActivityRow): z.input<typeof activityRowSchema> => ({
  day: row.day,
  sector: row.sector_id && { id: row.sector_id, name: row.sector_name ?? '' },
  agent: row.agent_id && { id: row.agent_id, name: row.agent_name ?? '' },
  created: row.created,
  outOfHours: row.out_of_hours,
  offers: row.offers,
  accepts: row.accepts,
  assignments: row.assignments,
  declines: row.declines,
  misses: row.misses,
  transfers: row.transfers,
  returns: row.returns,
  closes: row.closes,
  waitForOffer: { count: row.offer_count, medianSeconds: row.offer_median, p90Seconds: row.offer_p90 },
  waitForAccept: { count: row.accept_count, medianSeconds: row.accept_median, p90Seconds: row.accept_p90 },
});

/** The columns of the CSV, in their order. */
export const activityColumns = [
  'day',
  'sectorId',
  'sector',
  'agentId',
  'agent',
  'created',
  'outOfHours',
  'offers',
  'accepts',
  'assignments',
  'declines',
  'misses',
  'transfers',
  'returns',
  'closes',
  'waitForOfferCount',
  'waitForOfferMedianSeconds',
  'waitForOfferP90Seconds',
  'waitForAcceptCount',
  'waitForAcceptMedianSeconds',
  'waitForAcceptP90Seconds',
] as const;

/** The same row as cells. */
export function flatRow(row: ActivityRow): Record<(typeof activityColumns)[number], Cell> {
  const { sector, agent, waitForOffer, waitForAccept, ...counts } = presentRow(row);
  return {
    ...counts,
    sectorId: sector?.id ?? null,
    sector: sector?.name ?? null,
    agentId: agent?.id ?? null,
    agent: agent?.name ?? null,
    waitForOfferCount: waitForOffer.count,
    waitForOfferMedianSeconds: waitForOffer.medianSeconds,
    waitForOfferP90Seconds: waitForOffer.p90Seconds,
    waitForAcceptCount: waitForAccept.count,
    waitForAcceptMedianSeconds: waitForAccept.medianSeconds,
    waitForAcceptP90Seconds: waitForAccept.p90Seconds,
  };
}
