import { AnswerError, type Client } from '../simulator/client.ts';
import { allOf } from '../simulator/company.ts';
import {
  administrator,
  autoReply,
  channel,
  firstSector,
  hours,
  organizationName,
  people,
  rule,
  sectors,
} from './company.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

interface User extends Named {
  readonly email: string;
}

/**
 * Creates the demo company through the public API, as its administrator. What is there already, from a load that was
 * cut short, is left as it is. The organisation gets its name with the last call: see `isComplete`.
 */
export async function createCompany(client: Client, password: string): Promise<void> {
  const sectorIds = new Map<string, string>();
  for (const sector of sectors) sectorIds.set(sector.name, await ensureSector(client, sector));
  const sectorId = (name: string): string => sectorIds.get(name) ?? '';

  const users = await allOf<User>(client, '/v1/users');
  const me = users.find(({ email }) => email === administrator.email);
  if (me)
    await client.must('PATCH', `/v1/users/${me.id}`, {
      name: administrator.name,
      department: administrator.department,
    });
  for (const { email, name, department, sector } of people) {
    if (users.some((user) => user.email === email)) continue;
    const membership = [{ sectorId: sectorId(sector), functions: ['agent'] }];
    await client.must('POST', '/v1/users', {
      email,
      name,
      department,
      role: 'agent',
      sectors: membership,
      password,
      verified: true,
    });
  }
  await ensure(client, '/v1/channels', channel.name, { ...channel, sectorId: sectorId(firstSector) });
  const actions = [{ kind: 'assign-to-sector', sectorId: sectorId(firstSector) }];
  await ensure(client, '/v1/automation-rules', rule.name, { ...rule, actions });
  await client.must('PATCH', '/v1/organization', { name: organizationName, hours, autoReply });
}

/** Whether a load came to its end, whatever the company is called since. */
export async function isComplete(client: Client): Promise<boolean> {
  const organization = await client.must<{ readonly name: string; readonly autoReply: { readonly text: string } }>(
    'GET',
    '/v1/organization',
  );
  return organization.name === organizationName || organization.autoReply.text !== '';
}

async function ensureSector(client: Client, { mode, outcomes, ...sector }: (typeof sectors)[number]): Promise<string> {
  const id = await ensure(client, '/v1/sectors', sector.name, { ...sector, distribution: { mode } });
  for (const name of outcomes) await ensure(client, `/v1/sectors/${id}/outcomes`, name, { name });
  return id;
}

/** The id of the one with this name in a list, created if it is not there. */
async function ensure(client: Client, path: string, name: string, body: unknown): Promise<string> {
  const found = (await allOf<Named>(client, path)).find((one) => one.name === name);
  return found?.id ?? (await client.must<Named>('POST', path, body)).id;
}

/** Signs in; `null` when the password is another one. */
export async function signIn(client: Client, password: string): Promise<Client | null> {
  const answer = await client.ask<{ token: string }>('POST', '/v1/sessions', { email: administrator.email, password });
  if (answer.status === 401 || answer.status === 429) return null;
  if (!answer.ok) throw new AnswerError('POST /v1/sessions', answer);
  return client.withToken(answer.body.token);
}
