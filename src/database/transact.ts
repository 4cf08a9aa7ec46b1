import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient, unavailableWhenAway } from './failures.ts';
import { PendingUnit } from './pendingUnit.ts';
import type { Platform, Unit } from './unit.ts';

const attempts = 4;

/**
 * Runs `work` in one short transaction: everything it wrote, its events and its wake-ups commit together or not at
 * all. A lost lock race is tried again (`work` must therefore have no other effects).
 * @throws Refusal what `work` refuses; `unavailable` when the database is away.
 */
export async function transact<T>(platform: Platform, work: (unit: Unit) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { result, unit } = await platform.orm.em.fork().transactional(async (em) => {
        const unit = new PendingUnit(em, platform);
        const result = await work(unit);
        await em.flush();
        await unit.complete();
        return { result, unit };
      });
      platform.crash('after-commit');
      platform.afterCommit.committed({
        wakeUps: unit.stored,
        events: unit.recorded.length > 0,
        recorded: unit.recorded,
        late: await unit.lateness(),
        attempts: attempt,
      });
      return result;
    } catch (error) {
      if (attempt >= attempts || !isTransient(error)) throw unavailableWhenAway(error);
      await sleep(5 * attempt + Math.random() * 20 * attempt);
    }
  }
}
