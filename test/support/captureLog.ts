import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

/** A log of every level that is kept: each line as it would have been printed. */
export function captureLog(): { readonly log: Logger; readonly lines: string[]; text(): string } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { log: pino({ level: 'trace' }, stream), lines, text: () => lines.join('') };
}
