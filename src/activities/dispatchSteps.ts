import { watchDispatch } from '../database/steps/dispatches/watchDispatch.ts';
import { transact } from '../database/transact.ts';
import type { Platform } from '../database/unit.ts';
import type { DispatchId } from '../domain/ids.ts';
import type { DispatchPort } from '../workflows/ports.ts';

/** A dispatch's steps for its workflow. */
export const dispatchSteps = (platform: Platform): DispatchPort => ({
  async watchDispatch({ dispatchId }) {
    const standing = await transact(platform, (unit) => watchDispatch(unit, dispatchId as DispatchId));
    platform.crash('before-completion');
    return standing;
  },
});
