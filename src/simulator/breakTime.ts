import type { Company, Person } from './company.ts';
import type { Stage } from './stage.ts';

/** One salesperson goes to lunch: the administrator sets them unavailable, and available again. */
export async function takeBreak(company: Company, who: Person, stage: Stage, from: number, to: number): Promise<void> {
  const { client } = company.administrator;
  const path = `/v1/users/${who.id}/availability`;
  await stage.until(from);
  await client.call('PUT', path, { available: false, reason: 'Almoço' });
  await stage.until(to);
  await client.call('PUT', path, { available: true });
}
