import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 16_384;

/** The last lines of a log, indented, for an error message; a note when there is nothing in it. */
export function lastLines(path: string, count = 15): string {
  const lines = tail(path).trimEnd().split('\n').slice(-count);
  return lines.length === 1 && lines[0] === '' ? '  (the log is empty)' : lines.map((line) => `  ${line}`).join('\n');
}

function tail(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const size = fstatSync(file).size;
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    closeSync(file);
  }
}
