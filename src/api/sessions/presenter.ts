import { packRules } from '@casl/ability/extra';
import { effectivePermissions, type Grants, originOf } from '../../domain/access/effective.ts';
import type { SectorId } from '../../domain/ids.ts';
import type { SectorFunction } from '../../domain/routing/members.ts';
import type { Callers } from '../route.ts';
import { presentUser } from '../users/presenter.ts';
import type { UserRow } from '../users/rows.ts';
import type { SignedIn } from './signIn.ts';

export const presentSession = ({ token, expiresAt }: SignedIn, user: UserRow) => ({
  token,
  expiresAt: expiresAt.toISOString(),
  user: presentUser(user),
});

export const presentMe = (
  { person, ability }: Callers['person'],
  user: UserRow,
  grants: Grants,
  sectors: readonly { readonly id: SectorId; readonly name: string; readonly functions: readonly SectorFunction[] }[],
) => ({
  user: presentUser(user),
  role: person.role,
  sectors,
  permissions: effectivePermissions(grants),
  permissionOrigins: Object.fromEntries(effectivePermissions(grants).map((name) => [name, originOf(grants, name)])),
  rules: packRules(ability.rules),
});
