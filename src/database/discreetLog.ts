import { type Logger, stdSerializers } from 'pino';

// What PostgreSQL adds to an error: whole rows, and values of them.
const ofRows = new Set(['detail', 'where', 'internalQuery']);

/** An error as it may stand in a log: everything but the rows that the database was busy with. */
const withoutRows = (error: unknown): unknown =>
  error instanceof Error
    ? Object.fromEntries(Object.entries(stdSerializers.err(error)).filter(([name]) => !ofRows.has(name)))
    : error;

/** A log in which, whatever goes wrong, what people write stays out: every process logs through it. */
export const discreetLog = (log: Logger): Logger => log.child({}, { serializers: { err: withoutRows } });
