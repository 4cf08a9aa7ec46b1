import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { BRT, checkRow, on, recepcao, type Row, sector } from './calendars.ts';

describe('R23: a sector is open in its intervals', () => {
  test.each<Row>([
    [
      'Recepção over a weekend',
      recepcao,
      '2026-03-06T00:00-03:00',
      '2026-03-10T00:00-03:00',
      [
        ['2026-03-06T08:30-03:00', '2026-03-06T17:00-03:00'],
        ['2026-03-07T09:00-03:00', '2026-03-07T12:00-03:00'],
        ['2026-03-09T08:30-03:00', '2026-03-09T17:00-03:00'],
      ],
    ],
    [
      'several shifts a day, those that touch without a closing between',
      sector(BRT, [on(1, '18:00', '20:00'), on(1, '08:00', '12:00'), on(1, '13:00', '18:00')]),
      '2026-03-09T00:00-03:00',
      '2026-03-10T00:00-03:00',
      [
        ['2026-03-09T08:00-03:00', '2026-03-09T12:00-03:00'],
        ['2026-03-09T13:00-03:00', '2026-03-09T20:00-03:00'],
      ],
    ],
    [
      'a night passes midnight',
      sector(BRT, [on(5, '22:00', '06:00')]),
      '2026-03-02T00:00-03:00',
      '2026-03-09T00:00-03:00',
      [['2026-03-06T22:00-03:00', '2026-03-07T06:00-03:00']],
    ],
    [
      'a night from Sunday into Monday',
      sector(BRT, [on(7, '22:00', '06:00')]),
      '2026-03-08T12:00-03:00',
      '2026-03-12T00:00-03:00',
      [['2026-03-08T22:00-03:00', '2026-03-09T06:00-03:00']],
    ],
    [
      '`from` = `to` is 24 hours',
      sector(BRT, [on(3, '10:00', '10:00')]),
      '2026-03-02T00:00-03:00',
      '2026-03-09T00:00-03:00',
      [['2026-03-04T10:00-03:00', '2026-03-05T10:00-03:00']],
    ],
    [
      '24:00 is the midnight that ends the day, and joins the next',
      sector(BRT, [on(6, '20:00', '24:00'), on(7, '00:00', '02:00')]),
      '2026-03-02T00:00-03:00',
      '2026-03-09T00:00-03:00',
      [['2026-03-07T20:00-03:00', '2026-03-08T02:00-03:00']],
    ],
    [
      '00:00 as an end is that midnight too',
      sector(BRT, [on(6, '20:00', '00:00')]),
      '2026-03-02T00:00-03:00',
      '2026-03-09T00:00-03:00',
      [['2026-03-07T20:00-03:00', '2026-03-08T00:00-03:00']],
    ],
    [
      'UTC',
      sector('UTC', [on(1, '08:00', '12:00')]),
      '2026-03-08T00:00Z',
      '2026-03-12T00:00Z',
      [['2026-03-09T08:00Z', '2026-03-09T12:00Z']],
    ],
    [
      'Kathmandu, 5 h 45 ahead',
      sector('Asia/Kathmandu', [on(1, '00:00', '08:00')]),
      '2026-03-08T00:00Z',
      '2026-03-12T00:00Z',
      [['2026-03-08T18:15Z', '2026-03-09T02:15Z']],
    ],
    [
      'Kolkata, 5 h 30 ahead',
      sector('Asia/Kolkata', [on(1, '09:00', '17:00')]),
      '2026-03-08T00:00Z',
      '2026-03-12T00:00Z',
      [['2026-03-09T03:30Z', '2026-03-09T11:30Z']],
    ],
    [
      'St. John’s, 2 h 30 behind in summer',
      sector('America/St_Johns', [on(1, '09:00', '17:00')]),
      '2026-07-05T00:00Z',
      '2026-07-08T00:00Z',
      [['2026-07-06T11:30Z', '2026-07-06T19:30Z']],
    ],
    [
      'Chatham, 13 h 45 ahead in summer',
      sector('Pacific/Chatham', [on(1, '09:00', '17:00')]),
      '2026-01-03T00:00Z',
      '2026-01-08T00:00Z',
      [['2026-01-04T19:15Z', '2026-01-05T03:15Z']],
    ],
  ])('%s', (_what, ...row) => checkRow(...row));
});

test('R23: the zone of the server never matters', () => {
  const module = new URL('../../../src/domain/routing/calendar.ts', import.meta.url).href;
  const script = `
    import { addBusinessMs, isOpen, nextClosing, nextOpening } from ${JSON.stringify(module)};
    const calendar = ${JSON.stringify(recepcao)}.map(({ since, hours }) => ({ since: new Date(since), hours }));
    const at = new Date('2026-03-06T19:59:00Z');
    console.log(JSON.stringify([new Date(2026, 0).toISOString(), isOpen(calendar, at), nextClosing(calendar, at),
      nextOpening(calendar, new Date('2026-03-06T20:00:00Z')), addBusinessMs(calendar, at, 3_600_000)]));`;
  const answers = ['UTC', 'Pacific/Kiritimati', 'America/Anchorage'].map((TZ) =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      }),
    ),
  );
  expect(answers.map(([serverMidnight]) => serverMidnight)).toEqual([
    '2026-01-01T00:00:00.000Z',
    '2025-12-31T10:00:00.000Z',
    '2026-01-01T09:00:00.000Z',
  ]);
  for (const [, ...rest] of answers) {
    expect(rest).toEqual([true, '2026-03-06T20:00:00.000Z', '2026-03-07T12:00:00.000Z', '2026-03-07T12:59:00.000Z']);
  }
});
