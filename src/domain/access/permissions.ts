/**
 * What a permission group may grant (product, section E), by names that never change. An administrator holds all of
 * them; a new one goes to its place in this order, which is that of every list of permissions.
 */
export const permissions = [
  'accept-conversations',
  'transfer-conversations',
  'return-conversations',
  'close-conversations',
  'define-filters',
  'set-variables',
  'update-tags',
  'create-contacts',
  'update-contacts',
  'add-to-portfolio',
  'remove-from-own-portfolio',
  'use-reports',
  'manage-organization',
  'manage-flows',
  'manage-users',
  'show-ai-suggestions',
  'in-person-service',
  'take-out-dispatches',
  'view-dispatches',
  'change-dispatch-responsible',
] as const;
export type Permission = (typeof permissions)[number];

/**
 * The built-in permission groups. `administrator` is of the organisation and holds everything; the other two are
 * ordinary groups that every installation begins with. What somebody is in a sector is their membership, no group.
 */
export const roles = ['administrator', 'supervisor', 'agent'] as const;
export type Role = (typeof roles)[number];

/**
 * What the built-in groups grant when an installation begins. Agents: everything about the conversations and contacts
 * that they work on. Supervisors: also variables, reports, portfolios, the reception desk and dispatches. Running the company
 * (organisation, flows, users) is given out by an administrator, never by default.
 */
export const grantedAtFirst: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: permissions,
  supervisor: permissions.filter((name) => !name.startsWith('manage-')),
  agent: [
    'accept-conversations',
    'transfer-conversations',
    'return-conversations',
    'close-conversations',
    'define-filters',
    'update-tags',
    'create-contacts',
    'update-contacts',
    'remove-from-own-portfolio',
    'show-ai-suggestions',
  ],
};
