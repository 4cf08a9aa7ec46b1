import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { MailEnd } from '../domain/access/mail.ts';
import type { DispatchStanding } from '../domain/dispatch/standing.ts';
import type { AbsenceStanding, JobStanding, SectorStanding, Standing } from '../domain/conversation/standing.ts';

import { searchAttributeNames } from './protocol.ts';

const keys = {
  state: defineSearchAttributeKey(searchAttributeNames.state, 'KEYWORD'),
  sector: defineSearchAttributeKey(searchAttributeNames.sector, 'KEYWORD'),
  agent: defineSearchAttributeKey(searchAttributeNames.agent, 'KEYWORD'),
  channel: defineSearchAttributeKey(searchAttributeNames.channel, 'KEYWORD'),
};

/** Shows an operator where the conversation stands: search attributes (one event, only what changed) and details. */
export function showConversation(standing: Standing): void {
  const wanted = {
    state: standing.status === 'active' ? standing.state : standing.status,
    sector: standing.sector,
    agent: standing.agentId,
    channel: standing.channel,
  };
  const shown = workflowInfo().typedSearchAttributes;
  const changes = (Object.keys(keys) as (keyof typeof keys)[])
    .filter((name) => (shown.get(keys[name]) ?? null) !== wanted[name])
    .map((name): SearchAttributeUpdatePair => ({ key: keys[name], value: wanted[name] }));
  if (changes.length > 0) upsertSearchAttributes(changes);
  setCurrentDetails(conversationDetails(standing));
}

/** Who has it, until when, and what comes next – in ids and times, no names. */
export function conversationDetails(standing: Standing): string {
  const { agentId, dueAt, reason, offerNumber, round } = standing;
  switch (standing.status === 'active' ? standing.state : standing.status) {
    case 'offered':
      return `**Offered** to agent \`${agentId}\` (offer ${offerNumber}, round ${round})\n\n${dueAt ? `Until ${dueAt}; then it passes on.` : 'Without a time limit.'}`;
    case 'assigned':
      return `**Assigned** to \`${agentId}\`\n\nNext: the owner answers, transfers, returns or closes it.${dueAt ? ` An answer is owed; looked at again ${dueAt}.` : ''}`;
    case 'open':
      return `**Open to the sector** \`${standing.sector}\` (${reason})\n\nNext: any member takes it.`;
    case 'waiting':
      return `**Waiting** in \`${standing.sector}\` (${reason ?? 'its distribution is due'})\n\n${waitingFor(standing)}`;
    case 'closed':
      return '**Closed**';
    default:
      return '**Gone**: there is no such conversation in the database.';
  }
}

function waitingFor({ reason, dueAt }: Standing): string {
  switch (reason) {
    case 'out-of-hours':
      return dueAt
        ? `Next: offered when the sector opens, ${dueAt}.`
        : 'The sector never opens by its hours: somebody must take it.';
    case 'no-capacity':
      return `Next: the first free place${dueAt ? `, or open to the sector at ${dueAt}` : ''}.`;
    case 'manual':
      return 'Next: a member takes it by hand.';
    default:
      return 'Next: its distribution.';
  }
}

/** What a timer is for, as the event list shows it. */
export function timerSummary({ state, reason, agentId, offerNumber, dueAt, dueFor }: Standing): string {
  if (dueFor === 'rule') return `a rule about waiting at ${dueAt}`;
  if (dueFor === 'owner') return `the owner owes an answer; looked at again ${dueAt}`;
  if (state === 'offered') return `offer ${offerNumber} to ${agentId} until ${dueAt}`;
  return reason === 'out-of-hours' ? `until after the opening at ${dueAt}` : `distribution limit at ${dueAt}`;
}

export function showSector(standing: SectorStanding): void {
  const until = standing.changesAt ? ` until ${standing.changesAt}` : '';
  setCurrentDetails(standing.status === 'removed' ? '**Removed**' : `**${standing.open ? 'Open' : 'Closed'}**${until}`);
}

const mailDetails: Readonly<Record<MailEnd['state'], string>> = {
  sent: '**Sent**: the mail server has it',
  failed: '**Refused** by the mail server',
  dropped: '**Dropped**: what it says was no longer true',
  gone: '**Gone**: there is no such mail in the database',
};

/** Where a mail stands; `null`: it is on its way. */
export function showMail(end: MailEnd | null): void {
  if (end === null) setCurrentDetails('**Waiting** for the mail server; the pending activity tells what it said last');
  else setCurrentDetails(`${mailDetails[end.state]}${end.code === null ? '' : ` (${end.code})`}`);
}

/** Who has a dispatch, and what comes next – in ids and times. */
export function showDispatch({ status, state, responsibleId, groupId, dueFor, dueAt }: DispatchStanding): void {
  if (status === 'gone') setCurrentDetails('**Gone**: there is no such dispatch in the database');
  else if (status === 'ended') setCurrentDetails(`**Over**: ${state}`);
  else
    setCurrentDetails(
      `**${state}**, with \`${responsibleId}\` of the group \`${groupId}\`\n\n${dueFor ? `Next: the ${dueFor}, ${dueAt}.` : 'Next: somebody changes it.'}`,
    );
}

export const dispatchTimerSummary = ({ dueFor, dueAt }: DispatchStanding): string => `${dueFor} at ${dueAt}`;
export function showAbsence({ until }: AbsenceStanding): void {
  setCurrentDetails(until === null ? '**Over**: nothing is to be ended' : `**Absent** until ${until}`);
}

export function showJob({ state, done, total }: JobStanding): void {
  setCurrentDetails(`**${state}**: ${done} of ${total}`);
}
