import dayProfile from './dayProfile.json' with { type: 'json' };
import messageData from './messages.pt-BR.json' with { type: 'json' };
import nameData from './names.pt-BR.json' with { type: 'json' };
import replyData from './replies.pt-BR.json' with { type: 'json' };
import type { Random } from './random.ts';

/** What people write, their names, and when they write: the files beside this one. */

export interface ContactMessage {
  readonly text: string;
  readonly subject: string;
}

export interface HourShare {
  readonly hour: number;
  readonly share: number;
}

export const messages: readonly ContactMessage[] = messageData;
export const names: { readonly first: readonly string[]; readonly last: readonly string[] } = nameData;
export const replies: Readonly<
  Record<'answers' | 'closing' | 'declineReasons' | 'transferNotes' | 'returnReasons', readonly string[]>
> = replyData;
export const profile: readonly HourShare[] = dayProfile.hours;

const subjects = new Map(messages.map(({ text, subject }) => [text, subject]));

/** What a text of the data is about; `outros` for any other text. */
export const subjectOf = (text: string): string => subjects.get(text) ?? 'outros';

/** A name as people give it on WhatsApp: in full, the first one only, or none. */
export function contactName(random: Random): string | undefined {
  const first = random.pick(names.first);
  const how = random.weighted({ full: 70, first: 24, none: 6 });
  if (how === 'none') return undefined;
  return how === 'first' ? first : `${first} ${random.pick(names.last)}`;
}
