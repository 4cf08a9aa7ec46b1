import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Counts and times what this process answers: labels are what the API declares, never what somebody sent. */
export interface HttpMetrics {
  answered(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
    readonly code: string | undefined;
  }): void;
  /** @returns what is to be called once the stream has ended. */
  streamBegins(): () => void;
}

export function createHttpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  const durations = new Histogram({
    name: 'rodizio_http_request_duration_seconds',
    help: 'How long requests took until their answer was out, by route and status; live streams left out.',
    labelNames: ['method', 'route', 'status'],
    buckets: durationBuckets,
    registers,
  });
  const refusals = new Counter({
    name: 'rodizio_http_refusals_total',
    help: 'Requests that were refused, by route and code: an accept that came too late is already-assigned or offer-expired.',
    labelNames: ['method', 'route', 'code'],
    registers,
  });
  const streams = new Gauge({
    name: 'rodizio_live_streams',
    help: 'Readers of the live stream that are connected to this process.',
    registers,
  });
  return {
    answered({ method, route, status, seconds, code }) {
      durations.observe({ method, route, status: String(status) }, seconds);
      if (code) refusals.inc({ method, route, code });
    },
    streamBegins() {
      streams.inc();
      return () => streams.dec();
    },
  };
}
