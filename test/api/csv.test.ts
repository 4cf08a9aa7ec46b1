import { expect, it } from 'vitest';
import { csvText } from '../../src/api/csv.ts';

const cellOf = (value: string | number | null): string => csvText(['a'], [{ a: value }]).split('\r\n')[1] ?? '';

it.each([
  ['Maria', 'Maria'],
  ['=1+1', "'=1+1"],
  ['+5511999990001', "'+5511999990001"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['＝1', "'＝1"],
  ['a "b", c', '"a ""b"", c"'],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['two\nlines', '"two\nlines"'],
  [-2, '-2'],
  [null, ''],
])('a spreadsheet shows %j as text: %s', (value, cell) => {
  expect(cellOf(value)).toBe(cell);
});
