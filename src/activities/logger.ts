import { DefaultLogger, type Logger as TemporalLogger } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Temporal's own log lines in ours. */
export const temporalLogger = (log: Logger): TemporalLogger =>
  new DefaultLogger('INFO', ({ level, message, meta }) => {
    const fields = { ...meta, component: 'temporal' };
    switch (level) {
      case 'ERROR':
        return log.error(fields, message);
      case 'WARN':
        return log.warn(fields, message);
      case 'INFO':
        return log.info(fields, message);
      default:
        return log.debug(fields, message);
    }
  });
