import type { Random } from '../../src/simulator/random.ts';
import { pause } from '../pause.ts';
import type { Company } from '../company.ts';
import type { ReadingLog } from './readings.ts';

const LATEST = 60;

/**
 * Reads without end in the name of everybody, lists, searches and counts, and single conversations whether they may
 * see them or not: what the answers showed is for the checker to judge.
 */
export async function probe(
  company: Company,
  { begun, names }: { readonly begun: ReadonlySet<string>; readonly names: readonly string[] },
  log: ReadingLog,
  random: Random,
  stop: AbortSignal,
): Promise<void> {
  const people = [{ id: company.adminId, caller: company.admin }, ...company.workers];
  while (!stop.aborted) {
    await pause(random.between(150, 600), stop);
    const { id, caller } = random.pick(people);
    const latest = [...begun].slice(-LATEST);
    if (latest.length === 0) continue;
    const kind = random.weighted({ list: 3, search: 3, counts: 1, item: 8, messages: 3, timeline: 2 });
    if (kind === 'list') await log.list(caller, id, random.pick(['new', 'mine', 'sector', 'open', 'all']), 40);
    else if (kind === 'search') await log.search(caller, id, random.pick(names.slice(-LATEST)));
    else if (kind === 'counts') await log.counts(caller, id);
    else await log.one(caller, id, kind, random.pick(latest));
  }
}
