/** What npm knows against a package. */
export interface Advisory {
  /** `GHSA-…`, or the whole address where there is none. */
  readonly id: string;
  readonly package: string;
  readonly severity: Severity;
  readonly title: string;
  readonly url: string;
}

const severities = ['info', 'low', 'moderate', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** From here on an advisory fails `npm test`; below it is told. */
const failing: Severity = 'high';

/** An advisory that does not concern this project, with the reason, for a time: afterwards it is looked at again. */
export interface Exception {
  readonly advisory: string;
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`. */
  readonly until: string;
}

export interface Verdict {
  readonly passes: boolean;
  /** What to say, a line each. */
  readonly lines: readonly string[];
}

/**
 * Judges what `npm audit --json` printed. A registry that offers no audits, or is not there, is no verdict: it is said,
 * and passes.
 */
export function judge(printed: string, exceptions: readonly Exception[], today: string): Verdict {
  const report = parsed(printed);
  if (!report || typeof report['vulnerabilities'] !== 'object')
    return { passes: true, lines: [`Dependency audit skipped: ${whyNot(report)}. Nothing is known about advisories.`] };
  const advisories = advisoriesOf(report['vulnerabilities'] as Record<string, unknown>);
  const mistakes = exceptions.flatMap((exception) => mistakesIn(exception, today));
  const holding = new Set(exceptions.filter(({ until }) => until >= today).map(({ advisory }) => advisory));
  const serious = advisories.filter(({ id, severity }) => isSerious(severity) && !holding.has(id));
  const lines = [
    ...mistakes,
    ...advisories.map((advisory) => {
      const mark = serious.includes(advisory) ? '✗' : holding.has(advisory.id) ? 'excepted:' : 'known:';
      return `${mark} ${advisory.package}: ${advisory.severity}, ${advisory.title} (${advisory.url})`;
    }),
    ...exceptions
      .filter(({ advisory }) => !advisories.some(({ id }) => id === advisory))
      .map(({ advisory }) => `The exception for ${advisory} is not needed any more: remove it.`),
    serious.length > 0
      ? `${serious.length} advisories of severity ${failing} or above: update the packages, or except one with a reason in tools/audit/exceptions.json.`
      : `Dependency audit: ${advisories.length} advisories, none of severity ${failing} or above that is not excepted.`,
  ];
  return { passes: serious.length === 0 && mistakes.length === 0, lines };
}

const isSerious = (severity: Severity): boolean => severities.indexOf(severity) >= severities.indexOf(failing);

function mistakesIn({ advisory, reason, until }: Exception, today: string): string[] {
  if (!/^\d{4}-\d\d-\d\d$/.test(until))
    return [`✗ The exception for ${advisory} needs a last day, such as 2027-01-31.`];
  if (reason.trim().length < 10) return [`✗ The exception for ${advisory} needs a reason.`];
  return until < today ? [`✗ The exception for ${advisory} ended on ${until}: look at it again.`] : [];
}

function parsed(printed: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(printed);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function whyNot(report: Readonly<Record<string, unknown>> | null): string {
  if (!report) return 'npm said nothing that could be read';
  const { statusCode, message, error } = report as {
    readonly statusCode?: unknown;
    readonly message?: unknown;
    readonly error?: { readonly summary?: unknown };
  };
  const words = [message, error?.summary].find((text) => typeof text === 'string' && text !== '');
  if (typeof statusCode === 'number') return `the registry offers none (${statusCode})`;
  return `the registry did not answer (${typeof words === 'string' ? words.split('\n')[0] : 'no reason given'})`;
}

/** Each advisory once, the worst first. A package that is concerned only through another names that one. */
function advisoriesOf(vulnerabilities: Readonly<Record<string, unknown>>): Advisory[] {
  const found = new Map<string, Advisory>();
  for (const vulnerability of Object.values(vulnerabilities)) {
    const { via = [] } = vulnerability as { readonly via?: readonly unknown[] };
    for (const cause of via) {
      if (typeof cause !== 'object' || cause === null) continue;
      const { name, severity, title, url } = cause as Readonly<Record<string, string>>;
      const id = /GHSA(?:-\w{4}){3}/.exec(url ?? '')?.[0] ?? url ?? String(title);
      const known = severities.find((one) => one === severity) ?? 'critical';
      found.set(`${id} ${name}`, {
        id,
        package: name ?? 'unknown',
        severity: known,
        title: title ?? '',
        url: url ?? '',
      });
    }
  }
  return [...found.values()].toSorted((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
}
