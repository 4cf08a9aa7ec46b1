import type { z } from 'zod';
import type { OfferRecord } from '../../domain/conversation/explain.ts';
import { outcomeWords } from '../../domain/conversation/reasonWords.ts';
import type { NameOf } from '../../domain/conversation/words.ts';
import type { Considered } from '../../domain/routing/considered.ts';
import type { StoredPlace } from '../../domain/routing/distribution.ts';
import type { DistributionSettings } from '../../domain/routing/settings.ts';
import { toSeconds } from '../schemas.ts';
import type { decisionSchema } from './timelineSchema.ts';

/**
 * R5: a decision with names and words. Where nobody could have it (a wait, an opening) only who was considered is
 * known; `undefined` where nothing was decided.
 */
export function presentDecision(
  made: OfferRecord | null,
  considered: readonly Considered[],
  nameOf: NameOf,
): z.input<typeof decisionSchema> | undefined {
  if (!made && considered.length === 0) return undefined;
  const place = (stored: StoredPlace | null | undefined) =>
    stored ? { userId: stored.userId, name: nameOf(stored.userId) } : null;
  return {
    considered: considered.map(({ userId, outcome }) => ({
      userId,
      name: nameOf(userId),
      outcome,
      words: `${nameOf(userId) ?? 'Somebody'} ${outcomeWords[outcome]}.`,
    })),
    pointerBefore: place(made?.pointerBefore),
    pointerAfter: place(made?.pointerAfter),
    round: made?.round ?? null,
    scope: made?.scope ?? null,
    group: made?.group ?? null,
    direct: made?.direct ?? null,
    settings: made ? presentSettings(made.settings) : null,
    limitAt: made?.limitAt ?? null,
  };
}

const presentSettings = (settings: DistributionSettings) => ({
  mode: settings.mode,
  offerTimeoutSeconds: toSeconds(settings.offerTimeoutMs),
  distributionLimitSeconds: toSeconds(settings.distributionLimitMs),
  overflow: settings.overflow,
  capacity: settings.capacity,
  cherryPicking: settings.cherryPicking,
});
