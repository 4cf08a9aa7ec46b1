import { z } from 'zod';
import { prioritySchema } from '../conversation/state.ts';
import { sectorId, type SectorId, userId, type UserId } from '../ids.ts';

const tags = z
  .array(z.string().trim().min(1, 'must not be empty').max(64, 'must have at most 64 characters'))
  .min(1, 'name at least one tag')
  .max(50, 'at most 50 tags')
  .refine((names) => new Set(names).size === names.length, 'must not name one twice');

/** Where a rule may call: `https:` or `http:`, without a name or password in it. */
const webhookUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://example.com/hook' })
  .max(2_000, 'must have at most 2,000 characters')
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    error: 'must not hold a name or a password: calls are signed instead',
  });

/** R28: what a rule does. */
export const ruleActionSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('assign-to-sector'), sectorId }),
    z.strictObject({ kind: z.literal('assign-to-agent'), userId, sectorId: sectorId.optional() }),
    z.strictObject({ kind: z.literal('add-tags'), tags }),
    z.strictObject({ kind: z.literal('remove-tags'), tags }),
    z.strictObject({ kind: z.literal('set-priority'), priority: prioritySchema }),
    z.strictObject({
      kind: z.literal('send-message'),
      text: z.string().trim().min(1, 'must not be empty').max(4_096, 'must have at most 4,096 characters'),
    }),
    z.strictObject({ kind: z.literal('call-webhook'), url: webhookUrl }),
  ])
  .meta({
    id: 'RuleAction',
    description:
      '`assign-to-agent` tries this person first, by a direct offer, in the sector named (else where the conversation is).',
  });
export type RuleAction = z.infer<typeof ruleActionSchema>;
export type RuleActionKind = RuleAction['kind'];

/** Where a rule sends a conversation; `sectorId: null` is where it stands, `agentId: null` the queue. */
export interface Move {
  readonly sectorId: SectorId | null;
  readonly agentId: UserId | null;
}

/** Actions that make no sense on a conversation that has ended. */
export const activeOnly: readonly RuleActionKind[] = ['assign-to-sector', 'assign-to-agent', 'set-priority'];

/** Where the actions of one rule send a conversation, if anywhere; of several of a kind the last holds. */
export function moveOf(actions: readonly RuleAction[]): Move | null {
  const toAgent = actions.findLast((action) => action.kind === 'assign-to-agent');
  const toSector = actions.findLast((action) => action.kind === 'assign-to-sector');
  if (!toAgent && !toSector) return null;
  return { sectorId: toAgent?.sectorId ?? toSector?.sectorId ?? null, agentId: toAgent?.userId ?? null };
}
