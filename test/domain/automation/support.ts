import { ruleBodySchema, type RunnableRule } from '../../../src/domain/automation/rule.ts';
import type { Found } from '../../../src/domain/automation/run.ts';
import type { ChannelId, ClientId, RuleId } from '../../../src/domain/ids.ts';
import { sector } from '../../support/situations.ts';

const uuid = (kind: number, n: number): string => `0000000${kind}-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const ruleId = (n: number): RuleId => uuid(3, n) as RuleId;
export const channel = (n: number): ChannelId => uuid(4, n) as ChannelId;
export const client = (n: number): ClientId => uuid(5, n) as ClientId;

/** The nth rule: on a new conversation, always, to sector 2 – with anything else in its place. */
export const rule = (n: number, overrides: object = {}): RunnableRule => ({
  id: ruleId(n),
  ...ruleBodySchema.parse({
    event: 'conversation.created',
    waitingSeconds: null,
    match: 'all',
    conditions: [{ kind: 'always' }],
    actions: [{ kind: 'assign-to-sector', sectorId: sector(2) }],
    evenIfOwned: false,
    ...overrides,
  }),
});

/** An active conversation in sector 1 that nobody owns. */
export const found = (overrides: Partial<Found> = {}): Found => ({
  status: 'active',
  channelId: channel(1),
  sectorId: sector(1),
  sectorOpen: true,
  tags: [],
  clientId: null,
  customFields: {},
  text: 'Bom dia',
  ownerId: null,
  priority: 'normal',
  promised: false,
  ...overrides,
});
