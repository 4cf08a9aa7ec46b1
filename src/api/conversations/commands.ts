import type { z } from 'zod';
import { accept } from '../../database/steps/accept.ts';
import { close } from '../../database/steps/close.ts';
import type { CommandInput } from '../../database/steps/command.ts';
import { decline } from '../../database/steps/decline.ts';
import type { Draft } from '../../database/steps/draft.ts';
import { returnToQueue } from '../../database/steps/returnToQueue.ts';
import { transfer } from '../../database/steps/transfer.ts';
import { update } from '../../database/steps/update.ts';
import type { Permission } from '../../domain/access/permissions.ts';
import type { Unit } from '../../database/unit.ts';
import type { RefusalCode } from '../../domain/errors.ts';
import type { ApiDeps } from '../deps.ts';
import { type Answer, type Callers, type Route, write } from '../route.ts';
import { conversationPath } from './access.ts';
import { acceptBody, closeBody, declineBody, returnBody, transferBody, updateBody } from './commandBodies.ts';
import { etagOf } from './item.ts';
import { presentConversations } from './presenter.ts';
import { commandedSchema } from './schema.ts';

const common: RefusalCode[] = ['forbidden', 'conversation-closed', 'version-mismatch'];

/** What every command is declared and answered by: the step does it, and the caller gets the conversation after it. */
function command<B extends z.ZodType>(of: {
  readonly name: string;
  readonly method?: 'patch';
  readonly summary: string;
  readonly takes: readonly Permission[];
  readonly body: B;
  readonly refusals: readonly RefusalCode[];
  readonly step: (unit: Unit, input: CommandInput, body: z.output<B>) => Promise<Draft>;
}): Route {
  return write({
    method: of.method ?? 'post',
    path: of.method === 'patch' ? '/v1/conversations/{id}' : `/v1/conversations/{id}/${of.name}`,
    operationId: `${of.name}Conversation`,
    summary: of.summary,
    tag: 'Conversations',
    caller: 'person',
    takes: of.takes,
    params: conversationPath,
    body: of.body,
    answers: { 200: commandedSchema },
    refusals: [...common, ...of.refusals],
    async handle(unit, request) {
      const input = { conversationId: request.params.id, userId: request.person.userId, ifVersion: request.ifVersion };
      return commandAnswer(unit, request, await of.step(unit, input, request.body as z.output<B>));
    },
  });
}

/** The conversation after a command; without its content for those whose sight of it ended with the command (R17). */
async function commandAnswer(
  unit: Unit,
  { deps, person, ability }: Callers['person'] & { readonly deps: ApiDeps },
  draft: Draft,
): Promise<Answer> {
  const { id, status, version } = draft.row;
  const viewer = { person, ability, clock: { at: () => unit.now() }, suggestions: deps.suggestions !== null };
  await unit.complete();
  const seen = await presentConversations(unit.db, viewer, [id]);
  const hidden = { id, status, state: null, version, hidden: true, allowed: [] };
  return { status: 200, body: seen.get(id) ?? hidden, headers: etagOf(version) };
}

export const commandRoutes: readonly Route[] = [
  command({
    name: 'accept',
    summary: 'Become the owner',
    takes: ['accept-conversations'],
    body: acceptBody,
    refusals: ['already-assigned', 'offer-expired', 'at-capacity', 'not-takeable'],
    step: (unit, input, { offerId }) => accept(unit, { ...input, offerId }),
  }),
  command({
    name: 'decline',
    summary: 'Let an offer go; it passes on at once',
    takes: ['accept-conversations'],
    body: declineBody,
    refusals: ['already-assigned', 'offer-expired', 'not-takeable'],
    step: (unit, input, { offerId, reason }) => decline(unit, { ...input, offerId, reason }),
  }),
  command({
    name: 'transfer',
    summary: 'Give it to another sector or person',
    takes: ['transfer-conversations'],
    body: transferBody,
    refusals: ['not-owner', 'not-takeable', 'target-not-eligible', 'sector-archived'],
    step: (unit, input, { userId, ...how }) => transfer(unit, { ...input, ...how, targetId: userId }),
  }),
  command({
    name: 'return',
    summary: 'Give it back to the queue of its sector',
    takes: ['return-conversations'],
    body: returnBody,
    refusals: ['not-owner'],
    step: (unit, input, { reason }) => returnToQueue(unit, { ...input, reason }),
  }),
  command({
    name: 'close',
    summary: 'End it with an outcome of its sector',
    takes: ['close-conversations'],
    body: closeBody,
    refusals: ['not-owner', 'not-takeable', 'outcome-not-in-sector'],
    step: (unit, input, how) => close(unit, { ...input, ...how }),
  }),
  command({
    name: 'update',
    method: 'patch',
    summary: 'Change its subject, priority, tags, custom fields or client account (JSON merge patch)',
    takes: ['update-tags'],
    body: updateBody,
    refusals: ['not-owner'],
    step: (unit, input, changes) => update(unit, { ...input, ...changes }),
  }),
];
