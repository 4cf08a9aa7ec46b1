import type { Considered } from '../routing/considered.ts';
import type { EventType } from './events.ts';
import type { Actor } from './explain.ts';
import { actionWords, eventCauseWords, failureWords, skipWords } from '../automation/words.ts';
import { directWords, handedBackWords, openWords, outcomeWords, waitWords } from './reasonWords.ts';

/** An event as it is told: what the step stored, and what people wrote beside it. */
export interface ToldEvent {
  readonly type: EventType;
  readonly actor: Actor;
  readonly data: Readonly<Record<string, unknown>>;
  /** The sector in which the conversation was after the step. */
  readonly sectorId?: string | null;
  /** A note of a transfer, return or close, or the reason of a decline. */
  readonly note?: string | null;
}

/** The present name of a person, sector, outcome or rule; `null` for one that is gone. */
export type NameOf = (id: string) => string | null;

/** Turns one event into one English sentence: what happened, by whom or what rule, and why. */
export const eventWords = (event: ToldEvent, nameOf: NameOf): string => tell[event.type](new Facts(event, nameOf));

/** Reads the stored data of an event, whatever it holds; a name that is gone is said so. */
class Facts {
  readonly event: ToldEvent;
  readonly nameOf: NameOf;

  constructor(event: ToldEvent, nameOf: NameOf) {
    this.event = event;
    this.nameOf = nameOf;
  }

  text(member: string): string | null {
    const value = this.event.data[member];
    return typeof value === 'string' ? value : null;
  }
  /** The entry of a table for a stored code; the code itself where the table has none. */
  from(table: Readonly<Record<string, string>>, code: string | null): string {
    return code === null ? 'for a reason not stored' : (table[code] ?? code);
  }
  person = (id: string | null): string => (id ? this.nameOf(id) : null) ?? 'somebody';
  sector = (id: string | null | undefined): string => (id ? this.nameOf(id) : null) ?? 'the sector';
  group = (id: string | null): string => (id ? `the client group “${this.nameOf(id) ?? id}”` : 'a client group');
  get here(): string {
    return this.sector(this.event.sectorId);
  }
  get actor(): string {
    const { actor } = this.event;
    switch (actor.kind) {
      case 'user':
        return this.person(actor.id);
      case 'contact':
        return 'The contact';
      case 'rule':
        return `The rule “${this.nameOf(actor.id) ?? actor.id}”`;
      case 'system':
        return 'Rodízio';
    }
  }
  get quoted(): string {
    return this.event.note ? ` “${this.event.note}”` : '';
  }
}

const capitalised = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

const withheldWords: Readonly<Record<string, string>> = {
  'auto-reply': 'the automatic reply',
  direction: 'the direction message',
  rule: 'the message of a rule',
};

const tell: Record<EventType, (facts: Facts) => string> = {
  'conversation.created': created,
  'conversation.queued': queued,
  'conversation.offered': (facts) => {
    const { number, round } = facts.event.data;
    const direct = facts.text('direct');
    const why = direct ? facts.from(directWords, direct) : 'the next in the rotation who could have it';
    return `Offered to ${facts.person(facts.text('agentId'))}, ${why} (offer ${Number(number)}, round ${Number(round)}).${widened(facts)}`;
  },
  'conversation.offer_expired': (facts) =>
    `${capitalised(facts.person(facts.text('agentId')))} did not accept in time; the offer ended.`,
  'conversation.offer_declined': (facts) =>
    `${capitalised(facts.person(facts.text('agentId')))} declined the offer.${facts.quoted}`,
  'conversation.offer_revoked': (facts) => {
    const agent = facts.person(facts.text('agentId'));
    const reason = facts.text('reason');
    if (reason === 'limit') return `The offer to ${agent} was withdrawn: ${openWords['limit-reached']}.`;
    return `The offer to ${agent} was withdrawn: ${agent} ${facts.from(outcomeWords, reason)}.`;
  },
  'conversation.opened': (facts) =>
    `Open to every member of ${facts.here}: ${facts.from(openWords, facts.text('reason'))}.${widened(facts)}`,
  'conversation.assigned': assigned,
  'conversation.transferred': (facts) => {
    const target = facts.text('targetId');
    const where = target
      ? `to ${facts.person(target)} in ${facts.sector(facts.text('sectorId'))}, ${facts.event.data['assign'] === true ? 'assigning it at once' : 'by a direct offer'}`
      : `from ${facts.sector(facts.text('fromSectorId'))} to ${facts.sector(facts.text('sectorId'))}`;
    return `${capitalised(facts.actor)} transferred it ${where}.${facts.quoted}`;
  },
  'conversation.returned': (facts) => {
    const by = facts.text('by');
    if (facts.text('reason') === 'direct-offer-ended') {
      return `Back in the queue of ${facts.here}: the direct offer was not accepted, and ${facts.person(by)}, who sent it, is no longer a member.`;
    }
    const { actor } = facts.event;
    const why = facts.text('because');
    if (why) return `Back in the queue of ${facts.here}: ${facts.person(by)} ${facts.from(handedBackWords, why)}.`;
    if (actor.kind === 'user' && actor.id === by)
      return `${capitalised(facts.actor)} returned it to the queue of ${facts.here}.${facts.quoted}`;
    return `${capitalised(facts.actor)} took it from ${facts.person(by)} and put it back into the queue of ${facts.here}.${facts.quoted}`;
  },
  'conversation.closed': (facts) => {
    const outcome = facts.text('outcomeId');
    return `${capitalised(facts.actor)} closed it${outcome ? ` with the outcome “${facts.nameOf(outcome) ?? outcome}”` : ''}.${facts.quoted}`;
  },
  'conversation.updated': updated,
  'conversation.automated': automated,
  'conversation.response_overdue': (facts) =>
    `${capitalised(facts.person(facts.text('ownerId')))} ${handedBackWords['response-timeout']}; the supervisors are told.`,
  'message.received': () => 'The contact wrote.',
  'message.sent': (facts) => {
    switch (facts.text('kind')) {
      case 'auto-reply':
        return `The automatic reply went out: ${facts.here} is closed.`;
      case 'direction':
        return `The direction message of ${facts.here} went out.`;
      case 'rule':
        return `${facts.actor} sent a message.`;
      default:
        return `${capitalised(facts.actor)} answered.`;
    }
  },
  'message.failed': () => 'A message to the contact could not be delivered.',
  'message.withheld': (facts) => {
    const what = facts.from(withheldWords, facts.text('kind'));
    return `${capitalised(what)} did not go out: the organisation has sent all the messages that it allows in this month.`;
  },
  'user.availability_changed': (facts) =>
    `${capitalised(facts.actor)} set ${facts.person(facts.text('userId'))} ${facts.event.data['available'] === true ? 'available' : 'not available'}.`,
  'sector.opened': (facts) => `${capitalised(facts.sector(facts.text('sectorId')))} opened.`,
  'sector.closed': (facts) => `${capitalised(facts.sector(facts.text('sectorId')))} closed.`,
  'sector.rotation_moved': (facts) =>
    `The arrow of ${facts.sector(facts.text('sectorId'))} moved on to ${facts.person(facts.text('next'))}.`,
  'dispatch.opened': (facts) =>
    `${capitalised(facts.actor)} took out a dispatch under ${facts.group(facts.text('groupId'))}${facts.event.data['groupIsResponsible'] === false ? ', which is not the one responsible for the client,' : ''} with ${facts.person(facts.text('responsibleId'))} responsible.`,
  'dispatch.changed': (facts) => `${capitalised(facts.actor)} changed the dispatch: ${dispatchChanges(facts)}.`,
  'dispatch.responsible_changed': (facts) =>
    `${capitalised(facts.actor)} changed who is responsible for the dispatch: ${dispatchChanges(facts)}.`,
  'dispatch.reminded': (facts) =>
    `${capitalised(facts.person(facts.text('responsibleId')))} was reminded of the dispatch.`,
  'dispatch.overdue': (facts) =>
    `The deadline of the dispatch passed; ${facts.person(facts.text('responsibleId'))} is responsible.`,
  'organization.message_limit_near': (facts) =>
    `Most of the messages that the organisation allows in ${facts.text('month') ?? 'this month'} have been sent.`,
  'rights.changed': (facts) => `The rights of ${facts.person(facts.text('userId'))} changed.`,
};

/** R30: what a step says of the client group. */
const tied = (facts: Facts): string => {
  const group = facts.text('groupId');
  return group ? ` It is tied to ${facts.group(group)}.` : '';
};
const widened = (facts: Facts): string => {
  const group = facts.text('widenedGroupId');
  return group ? ` Nobody of ${facts.group(group)} could have it, so the whole sector is considered.` : '';
};

/** Somebody who is tried before the rotation. */
interface Tried {
  readonly agentId?: string;
  readonly because?: string;
}

function created(facts: Facts): string {
  const because = facts.text('because');
  const rule = facts.text('ruleId');
  const why =
    because === 'rule'
      ? `the rule “${(rule && facts.nameOf(rule)) ?? rule}” says so`
      : because === 'previous-conversation'
        ? 'the contact’s last conversation, closed a short time ago, was there'
        : because === 'portfolio'
          ? 'it is the default sector of the person who looks after the contact'
          : 'the channel leads there';
  const {
    first,
    next = [],
    failedRules,
  } = facts.event.data as { first?: Tried | null; next?: readonly Tried[]; failedRules?: unknown[] };
  const person = ({ agentId, because }: Tried) =>
    `${facts.person(agentId ?? null)}, ${facts.from(directWords, because ?? null)}`;
  const tried = first?.agentId ? ` Tried first: ${[first, ...next].map(person).join('; then ')}.` : '';
  const failed = failedRules?.length
    ? ` ${failedRules.length} stored rule(s) could not run, because they are no longer valid.`
    : '';
  return `The contact began a conversation in ${facts.sector(facts.text('sectorId'))}: ${why}.${tied(facts)}${tried}${failed}`;
}

function queued(facts: Facts): string {
  const { passedOver } = facts.event.data as { passedOver?: readonly Considered[] };
  if (passedOver) {
    const [person] = passedOver;
    const named = facts.text('agentId');
    const why = person
      ? `${facts.person(person.userId)} ${outcomeWords[person.outcome]}`
      : named
        ? `${facts.person(named)} is not a member of the sector`
        : `the person ${outcomeWords['left-sector']}`;
    return `The person to be tried first was passed over: ${why}.`;
  }
  const reason = facts.text('reason');
  return reason
    ? `Waits in the queue of ${facts.here} ${facts.from(waitWords, reason)}.${widened(facts)}`
    : `Came into the queue of ${facts.here}.`;
}

function assigned(facts: Facts): string {
  const owner = facts.person(facts.text('ownerId'));
  switch (facts.text('how')) {
    case 'automatic': {
      const { direct } = (facts.event.data['decision'] ?? {}) as { direct?: string | null };
      if (direct) return `Assigned to ${owner}, ${facts.from(directWords, direct)}.${tied(facts)}`;
      return `Assigned to ${owner}, the next in the rotation who could have it: ${facts.here} assigns automatically.${widened(facts)}${tied(facts)}`;
    }
    case 'returned-to-sender':
      return `Back with ${owner}, who had sent it: the direct offer was not accepted.`;
    case 'transferred':
      return `Assigned to ${owner} by the transfer of ${facts.actor}.`;
    default: {
      const moved =
        facts.text('because') === 'default-sector'
          ? ` It moved to ${facts.sector(facts.text('sectorId'))}, the default sector of ${owner}.`
          : '';
      return `${capitalised(owner)} accepted and is the owner.${moved}${tied(facts)}`;
    }
  }
}

/** What of a dispatch changed, from what to what; of a text only that it did. */
function dispatchChanges(facts: Facts): string {
  const { changes = {} } = facts.event.data as { changes?: Readonly<Record<string, unknown>> };
  const parts = Object.entries(changes).map(([member, change]) => {
    const { from, to } = (change ?? {}) as { from?: string | null; to?: string | null };
    const told = (value: string | null | undefined): string => (value ? (facts.nameOf(value) ?? value) : 'none');
    const name = dispatchWords[member] ?? member;
    return member === 'description' ? name : `${name} from ${told(from)} to ${told(to)}`;
  });
  return parts.join(', ') || 'nothing that is told';
}

const dispatchWords: Readonly<Record<string, string>> = {
  state: 'the state',
  responsibleId: 'the responsible user',
  groupId: 'the responsible group',
  deadline: 'the deadline',
  remindAt: 'the reminder',
  description: 'the description',
};

const memberWords: Readonly<Record<string, string>> = {
  subject: 'the subject',
  tags: 'the tags',
  customFields: 'the custom fields',
  clientId: 'the client account',
};

function updated(facts: Facts): string {
  const { changed = [], priority } = facts.event.data as {
    changed?: readonly string[];
    priority?: { from: string; to: string };
  };
  const parts = changed.map((member) =>
    member === 'priority' && priority
      ? `the priority from ${priority.from} to ${priority.to}`
      : (memberWords[member] ?? member),
  );
  return `${capitalised(facts.actor)} changed ${parts.join(' and ') || 'it'}.${tied(facts)}`;
}

/** What shows in no other event of a rule: its calls, and what it had to leave alone. */
function automated(facts: Facts): string {
  const rule = capitalised(facts.actor);
  const failure = facts.text('failure');
  if (failure) return `${rule} ${facts.from(failureWords, failure)}.`;
  const { calls = 0, skipped = [] } = facts.event.data as {
    calls?: number;
    skipped?: readonly { kind: string; because: string }[];
  };
  const cause = facts.text('event');
  const did = [
    ...(calls > 0 ? [calls === 1 ? 'it makes a call' : `it makes ${calls} calls`] : []),
    ...skipped.map(
      ({ kind, because }) => `it did not ${facts.from(actionWords, kind)}, because ${facts.from(skipWords, because)}`,
    ),
  ];
  const why = cause ? `, because ${facts.from(eventCauseWords, cause)}` : '';
  return `${rule} ran${why}${did.length > 0 ? `: ${did.join('; ')}` : ''}.`;
}
