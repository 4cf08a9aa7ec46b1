import type { AutoReply } from '../../../domain/conversation/autoReply.ts';
import { Refusal } from '../../../domain/errors.ts';
import type { BusinessHours } from '../../../domain/routing/businessHours.ts';
import type { ResponseAction } from '../../../domain/routing/response.ts';
import type { DistributionSettings } from '../../../domain/routing/settings.ts';
import type { WrittenText } from './placeholders.ts';

/**
 * The settings of a sector by which its conversations are given out (those of R29 and R31 among them), and what it asks
 * of their owners (R34, R35).
 */
export type SectorDistribution = DistributionSettings & {
  readonly reopenWindowMs: number;
  readonly portfolioAssigns: boolean;
  readonly responseTimeoutMs: number | null;
  readonly responseAction: ResponseAction;
  readonly absenceGraceMs: number | null;
};

/** What an administrator says about a sector; a member that is missing changes nothing. */
export interface SectorChanges {
  readonly name?: string;
  readonly color?: string;
  readonly description?: string | null;
  readonly directionMessage?: string | null;
  readonly distribution?: { readonly [K in keyof SectorDistribution]?: SectorDistribution[K] };
  /** `null`: the organisation's. */
  readonly hours?: BusinessHours | null;
  readonly autoReply?: AutoReply | null;
}

/** Names are unique among the sectors that stand, whatever the case of their letters. */
export const sectorNameTaken = (): Refusal => new Refusal('name-taken', 'Another sector has this name.');

/** The texts that go out to contacts, of a sector or of a change of it. */
export const sectorTexts = ({
  directionMessage,
  autoReply,
}: {
  readonly directionMessage?: string | null | undefined;
  readonly autoReply?: AutoReply | null | undefined;
}): WrittenText[] => [
  { path: 'body.directionMessage', text: directionMessage },
  { path: 'body.autoReply.text', text: autoReply?.text },
];
