import { conversationSubject } from '../../domain/access/ability.ts';
import { changedFields, sameFields } from '../../domain/contact/customFields.ts';
import { notFound, Refusal } from '../../domain/errors.ts';
import type { ClientId } from '../../domain/ids.ts';
import { type Priority, priorityOfRank, priorityRank } from '../../domain/conversation/state.ts';
import type { Unit } from '../unit.ts';
import { automate } from './automation/automate.ts';
import { holdClient } from './groups/clients.ts';
import { tieToClient, tiedSince } from './groups/tie.ts';
import { fieldsOf } from './settings/customFields.ts';
import { listedTags } from './settings/tags.ts';
import { assertVersion, type Commanded, type CommandInput, openCommand } from './command.ts';
import { type Draft, viewOf } from './draft.ts';

export interface UpdateInput extends CommandInput {
  readonly priority?: Priority | undefined;
  readonly subject?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly clientId?: ClientId | null | undefined;
  /** A merge: `null` removes a field, one that is not named stays. */
  readonly customFields?: Readonly<Record<string, string | null>> | undefined;
}

/**
 * Changes what a conversation carries. A priority re-orders the queue (R36) and is counted by the version; subject,
 * tags and custom fields are not. The event names what changed; what people wrote stays out of it.
 * Tags are those of the list, fields are checked against their definitions.
 * @throws Refusal `conversation-closed`, `not-owner`, `forbidden`, `version-mismatch`, `invalid-request`.
 */
export async function update(unit: Unit, input: UpdateInput): Promise<Draft> {
  const commanded = await openCommand(unit, input, false, input.tags && 'conversation.tags_changed');
  permitUpdate(commanded, input);
  const { draft } = commanded;
  const { row } = draft;
  const changed: string[] = [];
  const from = priorityOfRank(row.priority);
  if (input.priority && input.priority !== from) {
    draft.change({ priority: priorityRank(input.priority) });
    changed.push('priority');
  }
  if (input.subject !== undefined && input.subject !== (row.subject ?? null)) {
    draft.note({ subject: input.subject });
    changed.push('subject');
  }
  if (input.tags && !sameTexts(input.tags, row.tags)) {
    const tags = await listedTags(unit, row.tags, input.tags, 'body.tags');
    if (!sameTexts(tags, row.tags)) {
      draft.note({ tags });
      changed.push('tags');
    }
  }
  if (input.customFields) {
    const fields = await fieldsOf(unit.db, 'conversation');
    const customFields = changedFields(fields, row.customFields, input.customFields, 'body.customFields');
    if (!sameFields(customFields, row.customFields)) {
      draft.note({ customFields });
      changed.push('customFields');
    }
  }
  if (input.clientId !== undefined && input.clientId !== (row.clientId ?? null)) {
    if (input.clientId) await holdClient(unit, input.clientId);
    draft.note({ clientId: input.clientId });
    changed.push('clientId');
    await tieToClient(unit, draft, input.clientId);
  }
  if (changed.length > 0) {
    draft.record(
      'conversation.updated',
      { kind: 'user', id: input.userId },
      {
        changed,
        ...tiedSince(draft, draft.before.groupId ?? null),
        ...(changed.includes('priority') ? { priority: { from, to: input.priority } } : {}),
      },
    );
  }
  if (changed.includes('tags')) await automate(unit, draft, 'conversation.tags_changed', draft.rules);
  await draft.save();
  return draft;
}

function permitUpdate(commanded: Commanded, input: UpdateInput): void {
  const { draft, person, ability } = commanded;
  const view = viewOf(draft.row);
  const subject = conversationSubject(view);
  if (!ability.can('read', subject)) throw notFound('conversation');
  assertVersion(commanded, input);
  if (view.status === 'closed') throw new Refusal('conversation-closed', 'The conversation is closed.');
  if (ability.can('update', subject)) {
    if (!input.tags || ability.can('update-tags', subject)) return;
    throw new Refusal('forbidden', 'This takes the permission "update-tags".', { permission: 'update-tags' });
  }
  if (view.state === 'assigned' && view.ownerId !== person.userId) {
    throw new Refusal('not-owner', 'Somebody else owns this conversation.', { ownerId: view.ownerId });
  }
  throw new Refusal(
    'forbidden',
    'Only the owner, the supervisors of the sector and administrators change a conversation.',
  );
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);
