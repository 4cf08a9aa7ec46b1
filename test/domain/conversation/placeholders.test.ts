import { expect, test } from 'vitest';
import { filledIn, placeholdersIn } from '../../../src/domain/conversation/placeholders.ts';

const values = new Map([
  ['organization.name', 'Prado'],
  ['variable.hours', 'das 9h às 18h'],
]);

test.each([
  ['Olá!', [], 'Olá!'],
  ['Aqui é {{organization.name}}.', ['organization.name'], 'Aqui é Prado.'],
  ['{{ variable.hours }}, {{variable.hours}}', ['variable.hours'], 'das 9h às 18h, das 9h às 18h'],
  ['{{variable.gone}}', ['variable.gone'], '{{variable.gone}}'],
  ['{ {variable.hours} } e {variable.hours}', [], '{ {variable.hours} } e {variable.hours}'],
  ['{{}}', [''], '{{}}'],
  ['{{{variable.hours}}}', ['variable.hours'], '{das 9h às 18h}'],
] as const)('%j names what stands in double braces, and goes out with it', (text, names, filled) => {
  expect(placeholdersIn(text)).toEqual(names);
  expect(filledIn(text, values)).toBe(filled);
});

test('what a value holds is no placeholder and no pattern', () => {
  expect(
    filledIn(
      '{{a}}',
      new Map([
        ['a', '$& {{b}}'],
        ['b', 'no'],
      ]),
    ),
  ).toBe('$& {{b}}');
});
