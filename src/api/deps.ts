import type { Logger } from 'pino';
import type { CallLimits } from '../database/steps/settings/ruleNames.ts';
import type { Platform } from '../database/unit.ts';
import type { TrustedProxies } from '../config.ts';
import type { RoutingRanges } from '../domain/routing/settings.ts';

/** What the API is built on; its composition root makes it once. */
export interface ApiDeps {
  readonly platform: Platform;
  readonly log: Logger;
  /** The allowed ranges of routing times of this deployment. */
  readonly ranges: RoutingRanges;
  /** How long a sign-in lasts. */
  readonly sessionDays: number;
  /** Where frontends reach the API, without a trailing slash. */
  readonly publicUrl: string;
  /** Answers whether Temporal can be reached, within a deadline; never throws. */
  readonly temporalReady: () => Promise<boolean>;
  /** Slows down guessing of passwords, over all processes. */
  readonly signInLimiter: AttemptLimiter;
  /** Bounds how many mails about new passwords are asked for from one place, over all processes. */
  readonly resetLimiter: AttemptLimiter;
  /** The proxies whose word about the caller's address is believed. */
  readonly trustProxy: TrustedProxies;
  /** What rules may call. */
  readonly webhooks: CallLimits;
  /** `/metrics` is shown to any address, not to this machine alone. */
  readonly metricsPublic: boolean;
}

export interface AttemptLimiter {
  /** Counts one attempt. @returns how many milliseconds to wait, 0 when allowed. */
  attempt(key: string): Promise<number>;
  /** Forgets the attempts after a success. */
  succeeded(key: string): Promise<void>;
}
