import { abilityOf } from '../../../src/domain/access/ability.ts';
import type { Principal } from '../../../src/domain/access/principal.ts';
import {
  canTake,
  type Command,
  type CommandTarget,
  judgeCommand,
  type TakingRules,
} from '../../../src/domain/conversation/commands.ts';
import { Refusal } from '../../../src/domain/errors.ts';

export const settings = { selfAvailability: false };
export const freeForAll: TakingRules = { cherryPicking: true, open: true };

/** How a command is refused; `null` when it is not. */
export function refusalOf(
  command: Command,
  principal: Principal,
  target: CommandTarget,
  taking = freeForAll,
): Refusal | null {
  try {
    // R14: an answer by someone who could accept accepts first.
    judgeCommand(
      command === 'answer' && canTake(target, principal) ? 'accept' : command,
      principal,
      abilityOf(principal, settings),
      target,
      taking,
    );
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const statuses: Record<string, string> = { 'not-found': '404', forbidden: '403' };

/** `yes`, `404`, `403`, or the code of the `409`. */
export function answerTo(command: Command, principal: Principal, target: CommandTarget, taking = freeForAll): string {
  const refusal = refusalOf(command, principal, target, taking);
  return refusal ? (statuses[refusal.code] ?? refusal.code) : 'yes';
}
