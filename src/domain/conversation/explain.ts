import type { UserId } from '../ids.ts';
import type { ConsideredGroup } from '../routing/clientGroup.ts';
import type { Considered } from '../routing/considered.ts';
import type { DirectReason, StoredPlace } from '../routing/distribution.ts';
import type { DistributionSettings } from '../routing/settings.ts';

/** R5: why the conversation went to this agent, as stored with the offer or the assignment. Ids only. */
export interface OfferRecord {
  readonly considered: readonly Considered[];
  readonly pointerBefore: StoredPlace | null;
  readonly pointerAfter: StoredPlace | null;
  /** `all`, or the narrowed set whose own arrow was used (R3). */
  readonly scope: string;
  /** The client group that narrowed the candidates, if one did (R30). */
  readonly group?: ConsideredGroup;
  readonly round: number;
  readonly direct: DirectReason | null;
  readonly settings: DistributionSettings;
  readonly limitAt: string | null;
}

/** Who caused a step, as stored with its events. Names are joined when shown. */
export type Actor =
  | { readonly kind: 'user'; readonly id: UserId }
  | { readonly kind: 'contact' }
  | { readonly kind: 'rule'; readonly id: string }
  | { readonly kind: 'system' };
