import { describe, expect, it } from 'vitest';
import { table } from '../../src/simulator/print.ts';
import type { PlayedConversation, TimelineItem } from '../../src/simulator/played.ts';
import { percentile, reportOf } from '../../src/simulator/report.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, seconds)).toISOString();

/** `[second, type without "conversation.", data]` */
const timeline = (...items: readonly (readonly [number, string, Record<string, unknown>?])[]): TimelineItem[] =>
  items.map(([second, type, data = {}]) => ({
    at: at(second),
    type: type.includes('.') ? type : `conversation.${type}`,
    data,
  }));

const played = (items: TimelineItem[], more: Partial<PlayedConversation> = {}): PlayedConversation => ({
  id: 'c',
  status: 'closed',
  state: null,
  outcome: { name: 'Resolvido' },
  timeline: items,
  ...more,
});

const arrived = [
  [0, 'created'],
  [0, 'message.received'],
  [0, 'queued', { reason: null }],
  [1, 'assigned', { ownerId: 'secretary', how: 'automatic' }],
] as const;
const offered = (second: number, agentId: string, offerId: string, direct: string | null = null) =>
  [second, 'offered', { agentId, offerId, direct }] as const;

describe('the report', () => {
  it('counts the first offer of a distribution and how each offer ended, per agent', () => {
    const { agents } = reportOf([
      played(
        timeline(
          ...arrived,
          [5, 'transferred', { offerId: null }],
          [5, 'queued', { reason: null }],
          offered(6, 'ana', 'o1'),
          [10, 'offer_expired', { agentId: 'ana', offerId: 'o1' }],
          offered(10, 'bruno', 'o2'),
          [11, 'offer_declined', { agentId: 'bruno', offerId: 'o2' }],
          offered(12, 'carla', 'o3'),
          [13, 'assigned', { ownerId: 'carla', how: 'accepted', offerId: 'o3' }],
          [14, 'closed', { offerId: null }],
        ),
      ),
    ]);
    expect(agents.get('secretary')).toMatchObject({ automatic: 1, offers: 0 });
    expect(agents.get('ana')).toMatchObject({ firstOffers: 1, offers: 1, expired: 1, accepted: 0 });
    expect(agents.get('bruno')).toMatchObject({ firstOffers: 0, offers: 1, declined: 1 });
    expect(agents.get('carla')).toMatchObject({ firstOffers: 0, offers: 1, accepted: 1 });
  });

  it('counts a direct offer as none of the arrow’s, and the next one after it as its first', () => {
    const { agents } = reportOf([
      played(
        timeline(
          ...arrived,
          [5, 'transferred', {}],
          offered(5, 'ana', 'o1', 'transfer'),
          [9, 'offer_expired', { agentId: 'ana', offerId: 'o1' }],
          offered(9, 'bruno', 'o2'),
        ),
      ),
    ]);
    expect(agents.get('ana')).toMatchObject({ firstOffers: 0, offers: 1, expired: 1 });
    expect(agents.get('bruno')).toMatchObject({ firstOffers: 1, offers: 1 });
  });

  it('counts no first offer after a return, which passes on', () => {
    const { agents } = reportOf([played(timeline(...arrived, [5, 'returned'], offered(6, 'ana', 'o1')))]);
    expect(agents.get('ana')).toMatchObject({ firstOffers: 0, offers: 1 });
  });

  it('tells what was taken while open from what was accepted, and an offer ended by a transfer from one that expired', () => {
    const { agents } = reportOf([
      played(timeline(...arrived, [5, 'transferred'], offered(6, 'ana', 'o1'), [7, 'transferred', { offerId: 'o1' }])),
      played(
        timeline(...arrived, [5, 'opened'], [8, 'assigned', { ownerId: 'bruno', how: 'accepted', offerId: null }]),
      ),
    ]);
    expect(agents.get('ana')).toMatchObject({ offers: 1, revoked: 1, expired: 0 });
    expect(agents.get('bruno')).toMatchObject({ accepted: 0, taken: 1 });
  });

  it('measures the waits of the contact from the first message, and those for an offer from when it was possible', () => {
    const { waits } = reportOf([
      played(
        timeline(
          ...arrived,
          [5, 'transferred'],
          [5, 'queued', { reason: null }],
          offered(6, 'ana', 'o1'),
          [10, 'offer_expired', { agentId: 'ana', offerId: 'o1' }],
          offered(12, 'bruno', 'o2'),
        ),
      ),
    ]);
    expect(waits).toEqual({ toFirstOffer: [6_000], toFirstAssignment: [1_000], toBeOffered: [1_000, 2_000] });
  });

  it('does not count as late what waits for a place or is open to the sector', () => {
    const { waits } = reportOf([
      played(
        timeline(
          ...arrived,
          [5, 'transferred'],
          [6, 'queued', { reason: 'no-capacity' }],
          offered(60, 'ana', 'o1'),
          [70, 'offer_expired', {}],
          [70, 'opened'],
        ),
      ),
    ]);
    expect(waits.toBeOffered).toEqual([]);
  });

  it('counts outcomes, and what is still open by its state', () => {
    const report = reportOf([
      played(timeline(...arrived)),
      played(timeline(...arrived), { outcome: { name: 'Engano' } }),
      played(timeline(...arrived), { status: 'active', state: 'assigned', outcome: null }),
    ]);
    expect(Object.fromEntries(report.outcomes)).toEqual({ Resolvido: 1, Engano: 1 });
    expect(Object.fromEntries(report.stillOpen)).toEqual({ assigned: 1 });
    expect(report.conversations).toBe(3);
  });

  it('takes percentiles by nearest rank', () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 0.5, 0.9, 1].map((part) => percentile(values, part))).toEqual([1, 3, 5, 5]);
    expect(percentile([], 0.5)).toBeNull();
  });

  it('prints columns of one width', () => {
    expect(
      table(
        ['who', 'n'],
        [
          ['Ana', '12'],
          ['B', '3'],
        ],
      ),
    ).toBe(['who   n', '───────', 'Ana  12', 'B     3'].join('\n'));
  });
});
