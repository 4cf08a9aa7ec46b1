/**
 * What a permission group may grant (product, section E), by names that never change. The built-in roles carry these
 * as flags; an administrator holds all of them.
 */
export const permissions = [
  'accept-conversations',
  'transfer-conversations',
  'return-conversations',
  'close-conversations',
] as const;
export type Permission = (typeof permissions)[number];

/** The built-in permission groups. `administrator` is of the organisation, not of a sector. */
export const roles = ['administrator', 'supervisor', 'agent'] as const;
export type Role = (typeof roles)[number];
