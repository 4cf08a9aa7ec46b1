import type { WaitReason } from '../../domain/conversation/state.ts';
import { isOpen } from '../../domain/routing/calendar.ts';
import type { SectorConfig } from '../repositories/sectors.ts';

/**
 * Why a conversation that enters the sector's queue now rests there; `null` when its distribution is due at once and
 * only its workflow's next step is missing (R24).
 */
export function restReason(sector: SectorConfig, now: Date): WaitReason | null {
  if (sector.settings.mode === 'manual') return 'manual';
  return isOpen(sector.calendar, now) ? null : 'out-of-hours';
}
