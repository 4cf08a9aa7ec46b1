import type { ClientGroupId } from '../ids.ts';
import type { GroupTie } from './functions.ts';

/** R30, `automatic`: tied from the beginning to the group responsible for the contact's client account, if there is one. */
export const groupAtBeginning = (tie: GroupTie, responsible: ClientGroupId | null): ClientGroupId | null =>
  tie === 'automatic' ? responsible : null;

/** What an acceptance knows of the person and the conversation. */
export interface AcceptanceFacts {
  readonly tie: GroupTie;
  /** The group that it is tied to so far. */
  readonly present: ClientGroupId | null;
  /** The groups of whoever accepts, whatever their functions. */
  readonly groupsOfUser: readonly ClientGroupId[];
  /** The group responsible for the conversation's client account. */
  readonly responsible: ClientGroupId | null;
}

/**
 * R30, `same-user`: whoever accepts brings the group: the one of theirs that is responsible for the client, else their
 * only group, else none. By the other ways acceptance changes nothing.
 */
export function groupAtAcceptance({ tie, present, groupsOfUser, responsible }: AcceptanceFacts): ClientGroupId | null {
  if (tie !== 'same-user') return present;
  if (responsible && groupsOfUser.includes(responsible)) return responsible;
  const [only, ...more] = groupsOfUser;
  return only && more.length === 0 ? only : null;
}
