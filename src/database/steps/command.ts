import { sql } from 'kysely';
import { type AppAbility, abilityOf, conversationSubject } from '../../domain/access/ability.ts';
import {
  type Command,
  type CommandTarget,
  judgeCommand,
  type TakingRules,
} from '../../domain/conversation/commands.ts';
import type { RuleEvent } from '../../domain/automation/rule.ts';
import { notFound, Refusal } from '../../domain/errors.ts';
import type { ConversationId, UserId } from '../../domain/ids.ts';
import { isOpen } from '../../domain/routing/calendar.ts';
import { loadActor, type Person } from '../repositories/principals.ts';
import { loadSector } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { type Draft, viewOf } from './draft.ts';
import { lockConversation } from './lockConversation.ts';

/** Who commands, which conversation, and the version that they saw (`If-Match`), if they said it. */
export interface CommandInput {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly ifVersion?: number | undefined;
}

/** A command in the making: the locked conversation, and the person with the rights that they have now. */
export interface Commanded {
  readonly draft: Draft;
  readonly person: Person;
  readonly ability: AppAbility;
  readonly taking: TakingRules;
  /** Its sector sets its owners a time for their answers or their absence (R34, R35). */
  readonly ownersAreWatched: boolean;
}

/**
 * Opens a command: locks the conversation (and the person's row where they are about to own it), reads their rights
 * anew inside the transaction, and checks the version. `rulesFor`: the event that the command is, for its rules (R28).
 * @throws Refusal `not-found`, `unauthenticated`, `version-mismatch`.
 */
export async function openCommand(
  unit: Unit,
  input: CommandInput,
  owning: boolean,
  rulesFor?: RuleEvent,
): Promise<Commanded> {
  const draft = await lockConversation(unit, input.conversationId, {
    owner: owning ? input.userId : undefined,
    rulesFor,
  });
  if (!draft) throw notFound('conversation');
  const actor = await loadActor(unit.db, input.userId, sectorWatchesOwners(draft));
  if (actor) unit.sawTime(actor.person.readAt);
  const person = actor?.person;
  if (!person?.active) throw new Refusal('unauthenticated', 'Your account is not active.');
  const ability = abilityOf(person, person);
  const taking = draft.row.state === 'waiting' ? await takingRules(unit, draft) : { cherryPicking: true, open: true };
  return { draft, person, ability, taking, ownersAreWatched: actor?.answer ?? false };
}

const sectorWatchesOwners = ({ row }: Draft) => sql<boolean>`
  exists (select 1 from sector s
           where s.id = ${row.sectorId} and (s.response_timeout_ms is not null or s.absence_grace_ms is not null))`;

/**
 * @throws Refusal `version-mismatch` if the caller saw another version – told only to those who may see the
 * conversation –; then whatever `judgeCommand` says.
 */
export function permit(command: Command, commanded: Commanded, input: CommandInput): void {
  assertVersion(commanded, input);
  const { draft, person, ability, taking } = commanded;
  judgeCommand(command, person, ability, targetOf(draft), taking);
}

/** @throws Refusal `version-mismatch` if the caller may see the conversation and saw another version of it. */
export function assertVersion({ draft, ability }: Commanded, input: CommandInput): void {
  if (input.ifVersion === undefined || input.ifVersion === draft.row.version) return;
  if (!ability.can('read', conversationSubject(viewOf(draft.row)))) return;
  throw new Refusal('version-mismatch', 'The conversation has changed since you read it.', {
    currentVersion: draft.row.version,
  });
}

export const targetOf = (draft: Draft): CommandTarget => ({
  ...viewOf(draft.row),
  priorSectorId: draft.row.priorSectorId ?? null,
  priorDesignatedId: draft.row.priorDesignatedId ?? null,
});

async function takingRules(unit: Unit, draft: Draft): Promise<TakingRules> {
  const sector = await loadSector(unit.db, draft.row.sectorId);
  if (!sector) return { cherryPicking: true, open: true };
  return {
    cherryPicking: sector.settings.cherryPicking || sector.settings.mode === 'manual',
    open: isOpen(sector.calendar, await unit.now()),
  };
}
