/** How a sector distributes (R1–R12). */
export const distributionModes = ['sequential', 'automatic', 'manual'] as const;
export type DistributionMode = (typeof distributionModes)[number];

/** The settings that a decision reads; durations in milliseconds. */
export interface DistributionSettings {
  readonly mode: DistributionMode;
  /** R7. */
  readonly offerTimeoutMs: number;
  /** R8, in business time. */
  readonly distributionLimitMs: number;
  /** R9: off = the designated agent keeps the offer until the limit. */
  readonly overflow: boolean;
  /** R2: most live offers plus assigned conversations of one agent in this sector; `null` = no limit. */
  readonly capacity: number | null;
  /** R14: members may take what is still waiting while the sector is open. */
  readonly cherryPicking: boolean;
}

/** The allowed ranges of a deployment, in seconds (R7, R8; configuration). */
export interface RoutingRanges {
  readonly minOfferSeconds: number;
  readonly maxOfferSeconds: number;
  readonly minLimitSeconds: number;
  readonly maxLimitSeconds: number;
}

export const defaultRanges: RoutingRanges = {
  minOfferSeconds: 600,
  maxOfferSeconds: 3_600,
  minLimitSeconds: 600,
  maxLimitSeconds: 7_200,
};
