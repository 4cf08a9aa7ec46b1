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

  test('takes five blocks unless told otherwise, one for a smoke run', () => {
    expect(readOptions([]).blocks).toBe(5);
    expect(readOptions(['--blocks', '2']).blocks).toBe(2);
    expect(readOptions(['--quick']).blocks).toBe(1);
    expect(() => readOptions(['--blocks', 'many'])).toThrow(/"many".*1 to 15/);
  });

  test('refuses what it does not know', () => {
    expect(() => readOptions(['--fast'])).toThrow(/--fast/);
  });
});
