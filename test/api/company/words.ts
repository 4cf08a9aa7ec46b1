import { friday, monday, saturday, sunday } from './story.ts';

interface ReportRow {
  readonly day: string;
  readonly sector: { readonly name: string } | null;
  readonly agent: { readonly name: string } | null;
  readonly [figure: string]: unknown;
}

/** A row of the report with what is not nought in it. */
export function inWords({ day, sector, agent, ...figures }: ReportRow): string {
  const names = { [friday]: 'Friday', [saturday]: 'Saturday', [sunday]: 'Sunday', [monday]: 'Monday' };
  const counts = Object.entries(figures).filter(([, count]) => typeof count === 'number' && count > 0);
  const told = counts.map(([name, count]) => `${String(count)} ${name}`).join(', ');
  return `${names[day]}, ${sector?.name}, ${agent?.name ?? 'nobody'}: ${told}`;
}

export interface AuditEntry {
  readonly actor: { readonly kind: string; readonly name?: string };
  readonly kind: string;
  readonly objectName: string | null;
  readonly relatedId: string | null;
  readonly names: Readonly<Record<string, string>>;
  readonly from: Readonly<Record<string, unknown>> | null;
  readonly to: Readonly<Record<string, unknown>> | null;
}

/** An entry of the audit as a line: by whom, to what, which columns. */
export function audited({ actor, kind, objectName, relatedId, names, from, to }: AuditEntry): string {
  const what = from === null ? 'made' : to === null ? 'deleted' : Object.keys(to).toSorted().join(', ');
  const related = relatedId ? names[relatedId] : undefined;
  // The name of a key is the beginning of its secret: another one each time.
  if (kind === 'channel-key') return `${actor.name}: ${kind} of ${related}: ${what}`;
  return `${actor.name}: ${kind} ${objectName}${related ? ` with ${related}` : ''}: ${what}`;
}
