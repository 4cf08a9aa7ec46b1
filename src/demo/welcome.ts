import { administrator, people } from './company.ts';

/** What is told about a loaded demo company. */
export interface Welcome {
  readonly base: string;
  readonly organization: string;
  readonly timeZone: string;
  readonly password: string;
  readonly keyFile: string;
  readonly channel: { readonly id: string; readonly name: string };
  /** Of the sector in which conversations begin. */
  readonly sector: {
    readonly name: string;
    readonly hours: unknown;
    readonly open: { readonly now: boolean; readonly nextOpening: string | null };
  };
}

/** The sign-ins, how to send a first message, and whether anybody is there to answer it. */
export function welcome({ base, organization, timeZone, password, keyFile, channel, sector }: Welcome): string {
  const signIns = [{ email: administrator.email, work: 'administrator', sector: 'everything' }, ...people];
  const message = '{"contact":{"externalId":"+5520999990001","name":"Maria Oliveira"},"message":{"id":"'.concat(
    `'"$(date +%s)"'`,
    '","text":"Bom dia! Gostaria de um orçamento de uma impressora."}}',
  );
  return [
    `Demo company ${organization}. Everybody signs in with the password ${password}`,
    '',
    ...signIns.map(({ email, work, sector: where }) => `  ${email.padEnd(24)} ${work.padEnd(14)} ${where}`),
    '',
    `  ${'Channel'.padEnd(24)} ${channel.id}  (${channel.name})`,
    '',
    'A contact writes (copy the line into another terminal):',
    '',
    `  curl -sS -X POST ${base}/v1/channels/${channel.id}/messages -H "Authorization: Bearer $(cat ${quoted(keyFile)})" -H 'Content-Type: application/json' -d '${message}'`,
    '',
    ...(sector.open.now ? [] : closed(sector, { base, timeZone, password })),
    'A whole day of the company in three minutes: npm run demo (in another terminal)',
    '',
  ].join('\n');
}

function closed(
  { name, hours, open }: Welcome['sector'],
  { base, timeZone, password }: Pick<Welcome, 'base' | 'timeZone' | 'password'>,
): string[] {
  const until = open.nextOpening
    ? `It opens ${localTime(open.nextOpening, timeZone)} (${timeZone}).`
    : 'No opening is in sight.';
  const told = `${name} is closed at the moment: contacts get the automatic reply, and conversations wait. ${until}`;
  // The sector's own hours hold, whatever the organisation's are.
  if (hours !== null) return [told, ''];
  const credentials = quoted(JSON.stringify({ email: administrator.email, password }));
  const json = `-H 'Content-Type: application/json'`;
  const token = `TOKEN=$(curl -sS -X POST ${base}/v1/sessions ${json} -d ${credentials} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`;
  const open24 = `curl -sS -X PATCH ${base}/v1/organization -H "Authorization: Bearer $TOKEN" ${json} -d '{"hours":null}'`;
  return [told, 'To open it now, and for good:', '', `  ${token} && ${open24}`, ''];
}

/** "Monday 23 November, 08:30" in the company's own time. */
export const localTime = (instant: string, timeZone: string): string => {
  const parts = {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const;
  return new Intl.DateTimeFormat('en-GB', parts).format(new Date(instant)).replace(' at ', ', ');
};

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
