import { abilityOf, conversationSubject } from '../../../src/domain/access/ability.ts';
import type { ConversationView } from '../../../src/domain/conversation/events.ts';
import type { ConversationId, UserId } from '../../../src/domain/ids.ts';
import { Reader, type ReaderDeps, type StreamMessage } from '../../../src/api/live/reader.ts';
import { personWith, view } from './events.ts';

/** A reader in front of conversations as they are now. */
export function reader(
  options: Partial<ConstructorParameters<typeof Reader>[0]> & {
    readonly conversations?: Record<string, ConversationView>;
  } = {},
): Reader {
  const { conversations = {}, now = personWith(), ...rest } = options;
  const deps: ReaderDeps = {
    present: (person, ids) =>
      Promise.resolve(
        new Map(
          ids.flatMap((id): [ConversationId, object][] => {
            const found = conversations[id];
            return found && abilityOf(person, person).can('read', conversationSubject(found))
              ? [[id, { id, state: found.state }]]
              : [];
          }),
        ),
      ),
    sightChanges: (_position, before, after) =>
      Promise.resolve(
        Object.entries(conversations).flatMap(([id, access]) => {
          const [saw, sees] = [before, after].map((ability) => ability.can('read', conversationSubject(access)));
          return saw === sees ? [] : [{ id: id as ConversationId, gained: sees === true }];
        }),
      ),
  };
  return new Reader({ ...deps, now, then: now, ...rest });
}

/** Id and type of each message. */
export const told = (messages: readonly StreamMessage[]): string[] => messages.map(({ id, type }) => `${id} ${type}`);

export const assignedTo = (ownerId: UserId) => view({ state: 'assigned', ownerId });
export const offeredTo = (designatedId: UserId) => view({ state: 'offered', designatedId });
