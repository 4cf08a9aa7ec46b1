import { holds } from '../../domain/access/principal.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { presentInvitation } from './invitation.ts';
import type { UserRow } from './rows.ts';

/** A user in full: to who manages users, and to the user themself. */
export const presentUser = ({ invitation, ...user }: UserRow) => ({
  ...user,
  availabilityUntil: user.availabilityUntil?.toISOString() ?? null,
  createdAt: user.createdAt.toISOString(),
  invitation: user.verified || invitation === null ? null : presentInvitation(invitation),
});

const presentColleague = ({ id, name, department, available, availabilityUntil, sectors }: UserRow) => ({
  id,
  name,
  department,
  available,
  availabilityUntil: availabilityUntil?.toISOString() ?? null,
  sectors,
});

/** A user as far as the reader may know them. */
export const presentUserTo = (reader: Person) => (user: UserRow) =>
  holds(reader, 'manage-users') || reader.userId === user.id ? presentUser(user) : presentColleague(user);
