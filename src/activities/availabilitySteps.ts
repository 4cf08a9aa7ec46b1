import { transact } from '../database/transact.ts';
import type { Platform } from '../database/unit.ts';
import { endAbsence } from '../database/steps/people/absence.ts';
import type { UserId } from '../domain/ids.ts';
import type { AvailabilityPort } from '../workflows/ports.ts';

/** The steps of an absence for its workflow. */
export const availabilitySteps = (platform: Platform): AvailabilityPort => ({
  async endAbsence({ userId }) {
    const standing = await transact(platform, (unit) => endAbsence(unit, userId as UserId));
    platform.crash('before-completion');
    return standing;
  },
});
