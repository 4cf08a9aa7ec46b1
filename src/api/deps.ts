import type { Logger } from 'pino';
import type { CallLimits } from '../database/steps/settings/ruleNames.ts';
import type { Platform } from '../database/unit.ts';
import type { TrustedProxies } from '../config.ts';
import type { SuggestionPort } from '../domain/conversation/suggestions.ts';
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
  /** Slows down guessing of one account's password from one place, over all processes. */
  readonly signInLimiter: AttemptLimiter;
  /** Slows down trying one password on many accounts from one place, over all processes. */
  readonly placeLimiter: AttemptLimiter;
  /** Slows down whoever tries tokens, keys and links from one place, over all processes. Good ones are never counted. */
  readonly secretLimiter: AttemptLimiter;
  /** Bounds how many mails about new passwords are asked for from one place, over all processes. */
  readonly resetLimiter: AttemptLimiter;
  /** The proxies whose word about the caller's address is believed. */
  readonly trustProxy: TrustedProxies;
  /** What rules may call. */
  readonly webhooks: CallLimits;
  /** Who suggests answers; `null` where nobody is configured, and the feature is absent. */
  readonly suggestions: SuggestionPort | null;
  /** `/metrics` is shown to any address, not to this machine alone. */
  readonly metricsPublic: boolean;
  /** What `/metrics` shows, in Prometheus' text format. */
  readonly metricsText: () => Promise<string>;
  /** Counts and times what is answered. */
  readonly measure: HttpMeasure;
  /** The process was told to stop: it answers still, and wants nobody new to be sent to it. */
  readonly isStopping: () => boolean;
}

/** One answer, by what was declared: nothing of what the caller sent. */
export interface MeasuredAnswer {
  readonly method: string;
  /** The route's path as declared; `unmatched` for none. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  /** The code of the refusal, if it was one. */
  readonly code: string | undefined;
}

export interface HttpMeasure {
  answered(answer: MeasuredAnswer): void;
  /** @returns what is to be called once the stream has ended. */
  streamBegins(): () => void;
}

export interface AttemptLimiter {
  /** Counts one attempt. @returns how many milliseconds to wait, 0 when allowed. */
  attempt(key: string): Promise<number>;
  /** Forgets the attempts after a success. */
  succeeded(key: string): Promise<void>;
}
