import { describe, expect, it } from 'vitest';
import { documentNumber } from '../../../src/domain/contact/identity.ts';
import { initialsOf, ticketNumber } from '../../../src/domain/conversation/ticket.ts';

describe('the tickets of a day', () => {
  it.each([
    [1, 'A001'],
    [999, 'A999'],
    [1_000, 'B001'],
    [25_974, 'Z999'],
    [25_975, 'A1000'],
    [26_000, 'Z1000'],
    [26_001, 'A1001'],
  ])('number %d is %s', (nth, ticket) => {
    expect(ticketNumber(nth)).toBe(ticket);
  });

  it('are all different, however many people come', () => {
    const tickets = Array.from({ length: 60_000 }, (_, index) => ticketNumber(index + 1));
    expect(new Set(tickets).size).toBe(tickets.length);
  });
});

describe('a person on the board', () => {
  it.each([
    ['Maria Oliveira', 'M. O.'],
    ['maria de souza lima', 'M. L.'],
    ['Ângela', 'Â.'],
    ['  ', null],
    [null, null],
    ['+55 11 99999-0001', null],
  ])('%s is shown as %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

it.each([
  ['123.456.789-09', '12345678909'],
  ['mg 12.345-x', 'MG12345X'],
  ['1-2', null],
  ['9'.repeat(41), null],
])('the document %s is kept as %s', (text, bare) => {
  expect(documentNumber(text)).toBe(bare);
});
