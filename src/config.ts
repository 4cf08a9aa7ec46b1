import { isIP } from 'node:net';
import { z } from 'zod';
import { isPrivateHost } from './domain/automation/publicAddress.ts';
import { defaultRanges, type RoutingRanges } from './domain/routing/settings.ts';

const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
const flag = z.enum(['true', 'false', '1', '0', '']).transform((value) => value === 'true' || value === '1');

/** How many proxies of ours stand in front, or their addresses; `false` = none: forwarded addresses are not believed. */
export type TrustedProxies = false | number | readonly string[];

const isProxy = (text: string): boolean => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
};

const trustedProxies = z.string().transform((text, context): TrustedProxies => {
  const value = text.trim();
  if (value === '') return false;
  if (/^\d$/.test(value)) return value === '0' ? false : Number(value);
  const proxies = value.split(',').map((proxy) => proxy.trim());
  if (proxies.every(isProxy)) return proxies;
  context.addIssue({
    code: 'custom',
    message: `must be the number of proxies in front (1 to 9) or their addresses, such as 10.0.0.0/8, separated by commas: "${text}" is not`,
  });
  return z.NEVER;
});

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3_000),
  PUBLIC_URL: z.url().optional(),
  CONSOLE_URL: z.url().optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s]+$/, 'must look like smtp://user:password@host:587 or smtps://…')
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>"\r\n]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      'must be an address, alone or as in: Rodízio <rodizio@company.example>',
    )
    .optional(),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must look like postgres://user:password@host:5432/database'),
  DATABASE_POOL: wholeNumber(2, 200).default(20),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SESSION_DAYS: wholeNumber(1, 365).default(30),
  API_SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 600).default(10),
  API_DRAIN_SECONDS: wholeNumber(0, 600).default(0),
  TRUST_PROXY: trustedProxies.default(false),
  ADMIN_EMAIL: z.email().optional(),
  ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  DEMO: flag.default(false),
  METRICS_PUBLIC: flag.default(false),
  ROUTING_MIN_OFFER_SECONDS: wholeNumber(1, 86_400).default(defaultRanges.minOfferSeconds),
  ROUTING_MAX_OFFER_SECONDS: wholeNumber(1, 86_400).default(defaultRanges.maxOfferSeconds),
  ROUTING_MIN_LIMIT_SECONDS: wholeNumber(1, 604_800).default(defaultRanges.minLimitSeconds),
  ROUTING_MAX_LIMIT_SECONDS: wholeNumber(1, 604_800).default(defaultRanges.maxLimitSeconds),
  WORKER_MAX_CACHED_WORKFLOWS: wholeNumber(0, 100_000).default(1_000),
  WORKER_MAX_STEPS: wholeNumber(1, 500).default(20),
  WORKER_SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 600).default(10),
  WORKER_DEPLOYMENT: z.string().optional(),
  WORKER_BUILD_ID: z.string().optional(),
  WEBHOOKS_ALLOW_PRIVATE: flag.default(false),
  SUGGESTIONS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://suggestions.example/v1' })
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      error: 'must hold no name or password; a key goes into SUGGESTIONS_KEY',
    })
    .optional(),
  SUGGESTIONS_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,4096}$/, 'must be of printable ASCII characters without spaces')
    .optional(),
  SUGGESTIONS_ALLOW_PRIVATE: flag.default(false),
  WORKER_HOST: z.string().default('127.0.0.1'),
  WORKER_PORT: wholeNumber(0, 65_535).optional(),
  SWEEP_SECONDS: wholeNumber(1, 3_600).default(10),
});

/** The configuration of a process, checked. */
export type Config = Omit<z.output<typeof environment>, `ROUTING_${string}`> & { readonly ranges: RoutingRanges };

/**
 * Reads the environment once, for a composition root.
 * @throws ConfigError that lists every mistake at once.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  const mistakes = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map(
        (issue) =>
          `${issue.path.join('.')}: ${issue.code === 'invalid_type' && env[String(issue.path[0])] === undefined ? 'is not set' : issue.message}`,
      );
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(mistakes);
  const {
    ROUTING_MIN_OFFER_SECONDS,
    ROUTING_MAX_OFFER_SECONDS,
    ROUTING_MIN_LIMIT_SECONDS,
    ROUTING_MAX_LIMIT_SECONDS,
    ...rest
  } = parsed.data;
  return {
    ...rest,
    ranges: {
      minOfferSeconds: ROUTING_MIN_OFFER_SECONDS,
      maxOfferSeconds: ROUTING_MAX_OFFER_SECONDS,
      minLimitSeconds: ROUTING_MIN_LIMIT_SECONDS,
      maxLimitSeconds: ROUTING_MAX_LIMIT_SECONDS,
    },
  };
}

/** Where the API is reached from outside, without a trailing slash. */
export const publicUrlOf = ({ PUBLIC_URL, HOST, PORT }: Config): string =>
  (PUBLIC_URL ?? `http://${HOST}:${PORT}`).replace(/\/+$/, '');

/** Where the links of mails lead, without a trailing slash: pages of the API, unless a console has its own. */
export const consoleUrlOf = (config: Config): string => config.CONSOLE_URL?.replace(/\/+$/, '') ?? publicUrlOf(config);

function contradictions(env: z.output<typeof environment>): string[] {
  const mistakes: string[] = [];
  if (env.ROUTING_MIN_OFFER_SECONDS > env.ROUTING_MAX_OFFER_SECONDS)
    mistakes.push('ROUTING_MIN_OFFER_SECONDS: is above ROUTING_MAX_OFFER_SECONDS');
  if (env.ROUTING_MIN_LIMIT_SECONDS > env.ROUTING_MAX_LIMIT_SECONDS)
    mistakes.push('ROUTING_MIN_LIMIT_SECONDS: is above ROUTING_MAX_LIMIT_SECONDS');
  if ((env.ADMIN_EMAIL === undefined) !== (env.ADMIN_PASSWORD === undefined))
    mistakes.push('ADMIN_EMAIL: goes together with ADMIN_PASSWORD; set both or neither');
  if ((env.SMTP_URL === undefined) !== (env.MAIL_FROM === undefined))
    mistakes.push('MAIL_FROM: goes together with SMTP_URL; set both or neither');
  if (env.SUGGESTIONS_KEY !== undefined && env.SUGGESTIONS_URL === undefined)
    mistakes.push('SUGGESTIONS_URL: is not set, but its SUGGESTIONS_KEY is');
  mistakes.push(...unfitSuggestions(env));
  if ((env.WORKER_DEPLOYMENT === undefined) !== (env.WORKER_BUILD_ID === undefined))
    mistakes.push('WORKER_DEPLOYMENT: goes together with WORKER_BUILD_ID; set both or neither');
  if (env.DEMO && !['127.0.0.1', '::1', 'localhost'].includes(env.HOST))
    mistakes.push(
      'HOST: the demo company is only for loopback (127.0.0.1); set ADMIN_EMAIL and ADMIN_PASSWORD for anything else',
    );
  return mistakes;
}

/** What people write leaves for this address: over the open internet only encrypted, and inside only on purpose. */
function unfitSuggestions(env: z.output<typeof environment>): string[] {
  const url = env.SUGGESTIONS_URL;
  if (url === undefined || env.SUGGESTIONS_ALLOW_PRIVATE) return [];
  if (isPrivateHost(url))
    return ['SUGGESTIONS_URL: must be on the open internet, unless SUGGESTIONS_ALLOW_PRIVATE is true'];
  return url.toLowerCase().startsWith('https:')
    ? []
    : ['SUGGESTIONS_URL: must begin with https:, unless SUGGESTIONS_ALLOW_PRIVATE is true'];
}

/** Every mistake of the environment in one readable message. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The configuration is not usable:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}
