import { describe, expect, test } from 'vitest';
import { groups, readOptions } from '../../bench/options.ts';

describe('the command line of the bench', () => {
  test('makes everything unless told otherwise', () => {
    expect([...readOptions([]).only]).toEqual([...groups]);
    expect(readOptions([])).toMatchObject({ quick: false, json: null });
  });

  test('names single groups, one after the other or together', () => {
    expect([...readOptions(['--only', 'accept,stream', '--only', 'size']).only]).toEqual(['accept', 'stream', 'size']);
  });

  test('says which groups there are when one is unknown', () => {
    expect(() => readOptions(['--only', 'speed'])).toThrow(/"speed".*no such group[^]*accept, operations/);
  });

  test('refuses what it does not know', () => {
    expect(() => readOptions(['--fast'])).toThrow(/--fast/);
  });
});
