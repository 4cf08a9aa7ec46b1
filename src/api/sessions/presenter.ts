import { packRules } from '@casl/ability/extra';
import { abilityOf } from '../../domain/access/ability.ts';
import { effectivePermissions, type Grants, originOf } from '../../domain/access/effective.ts';
import type { SectorId } from '../../domain/ids.ts';
import type { SectorFunction } from '../../domain/routing/members.ts';
import type { ApiDeps } from '../deps.ts';
import type { Callers } from '../route.ts';
import { presentUser } from '../users/presenter.ts';
import type { UserRow } from '../users/rows.ts';
import type { SignedIn } from './signIn.ts';

export const presentSession = ({ token, expiresAt }: SignedIn, user: UserRow) => ({
  token,
  expiresAt: expiresAt.toISOString(),
  user: presentUser(user),
});

/** What somebody may do here; a permission whose feature is absent is not shown. */
export function presentMe(
  { person, deps }: Callers['person'] & { readonly deps: ApiDeps },
  user: UserRow,
  grants: Grants,
  sectors: readonly { readonly id: SectorId; readonly name: string; readonly functions: readonly SectorFunction[] }[],
) {
  const suggestions = deps.suggestions !== null;
  const shown = effectivePermissions(grants).filter((name) => suggestions || name !== 'show-ai-suggestions');
  return {
    user: presentUser(user),
    role: person.role,
    sectors,
    permissions: shown,
    permissionOrigins: Object.fromEntries(shown.map((name) => [name, originOf(grants, name)])),
    rules: packRules(abilityOf(person, { ...person, suggestions }).rules),
  };
}
