import { expect, test } from 'vitest';
import { phoneNumber } from '../../../src/domain/contact/identity.ts';

test.each<[written: string, number: string | null]>([
  ['+5511987654321', '+5511987654321'],
  ['+55 (11) 98765-4321', '+5511987654321'],
  ['+55\u00A011 98765.4321', '+5511987654321'],
  ['+1 212 555 0100', '+12125550100'],
  ['11 98765-4321', null],
  ['5511987654321', null],
  ['+55', null],
  ['+0511987654321', null],
  ['+5511987654321999', null],
  ['maria', null],
  ['', null],
])('the telephone number %j is %s', (written, number) => {
  expect(phoneNumber(written)).toBe(number);
});
