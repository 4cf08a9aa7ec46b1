import { Refusal } from '../../../domain/errors.ts';

/**
 * A time that is set lies ahead, and the reminder not behind the deadline.
 * @throws Refusal `settings-out-of-range` with the place of each mistake
 */
export function assertTimes(
  times: { readonly deadline: Date | null; readonly remindAt: Date | null },
  now: Date,
  /** Which of them were set just now. */
  set: readonly ('deadline' | 'remindAt')[] = ['deadline', 'remindAt'],
): void {
  const { deadline, remindAt } = times;
  const errors = set.flatMap((name) => {
    const at = times[name];
    return at && at <= now ? [{ path: `body.${name}`, reason: 'must lie in the future' }] : [];
  });
  if (deadline && remindAt && remindAt > deadline)
    errors.push({ path: 'body.remindAt', reason: 'must not come after the deadline' });
  if (errors.length > 0) throw new Refusal('settings-out-of-range', 'The times of a dispatch do not fit.', { errors });
}
