import { parseArgs } from 'node:util';

export const usage = `Usage: npm run replay -- [options]

Fetches the histories of a running server and replays them against the working tree, before a change of workflow code
is deployed. Changes nothing on the server. Run it on the code that is to be deployed.

  --type conversation|sector|all   which workflows (all)
  --state running|closed|all       which of them (all)
  --since TIME                     begun at this time or later: 2026-11-22T08:00:00Z, or 90m, 24h, 7d ago
  --until TIME                     begun before this time
  --query FILTER                   and whatever else a list filter of Temporal says: 'RodizioState = "offered"'
  --limit N                        at most so many, the newest first (1000)
  --address HOST:PORT              the server (else that of TEMPORAL_ADDRESS)
  --namespace NAME                 its namespace (else that of TEMPORAL_NAMESPACE, or "default")
  --help                           this text

For each history that would break it names the workflow, the first event that differs, and why.
Exits with 0 when all replay, 1 when one would break, 2 when it was not understood, 3 when the server does not answer.`;

export interface ReplayOptions {
  /** A list filter of Temporal. */
  readonly query: string;
  readonly limit: number;
  readonly address: string | undefined;
  readonly namespace: string | undefined;
}

/**
 * Reads the command line; `null` when help was asked for.
 * @throws Error with a sentence that says what is wrong and what would be right
 */
export function readOptions(args: readonly string[], now: Date): ReplayOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      type: { type: 'string', default: 'all' },
      state: { type: 'string', default: 'all' },
      since: { type: 'string' },
      until: { type: 'string' },
      query: { type: 'string' },
      limit: { type: 'string', default: '1000' },
      address: { type: 'string' },
      namespace: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const type = oneOf('--type', values.type, ['conversation', 'sector', 'all']);
  const state = oneOf('--state', values.state, ['running', 'closed', 'all']);
  if (!/^[1-9]\d{0,6}$/.test(values.limit))
    throw new Error(`--limit must be a number from 1: "${values.limit}" is not.`);
  const parts = [
    type === 'all' ? 'WorkflowType IN ("conversation", "sector")' : `WorkflowType = "${type}"`,
    state === 'running' ? 'ExecutionStatus = "Running"' : '',
    state === 'closed' ? 'ExecutionStatus != "Running"' : '',
    values.since === undefined ? '' : `StartTime >= "${timeOf('--since', values.since, now)}"`,
    values.until === undefined ? '' : `StartTime < "${timeOf('--until', values.until, now)}"`,
    values.query === undefined ? '' : `(${values.query})`,
  ];
  return {
    query: parts.filter((part) => part !== '').join(' AND '),
    limit: Number(values.limit),
    address: values.address,
    namespace: values.namespace,
  };
}

function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw new Error(`${name} must be one of ${allowed.join(', ')}: "${value}" is not.`);
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function timeOf(name: string, text: string, now: Date): string {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count && unit) return new Date(now.getTime() - Number(count) * unitMs[unit as keyof typeof unitMs]).toISOString();
  // Without a zone it would mean another time on another machine.
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = isTime ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new Error(
    `${name} must be a time such as 2026-11-22T08:00:00Z, or how long ago, such as 90m, 24h or 7d: "${text}" is neither.`,
  );
}
