/** What the audit speaks of: the settings and rights whose every change is kept, by names that never change. */
export const auditKinds = [
  'organization',
  'sector',
  'membership',
  'outcome',
  'user',
  'account-link',
  'permission-group',
  'api-key',
  'channel',
  'channel-key',
  'automation-rule',
  'tag',
  'custom-field',
  'variable',
  'saved-filter',
  'client',
  'client-group',
  'group-membership',
  'portfolio',
] as const;
export type AuditKind = (typeof auditKinds)[number];

/** What stands in the audit in place of a secret: that there was one, and whether it changed. */
export const hiddenSecret = '[secret]';

/**
 * A stored change as people read it: columns by the names that the API gives them, durations in seconds.
 * `offer_timeout_ms: 600000` is `offerTimeoutSeconds: 600`.
 */
export function readableChange(columns: unknown): unknown {
  if (Array.isArray(columns)) return columns.map(readableChange);
  if (typeof columns !== 'object' || columns === null) return columns;
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => {
      const name = column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (!name.endsWith('Ms')) return [name, readableChange(value)];
      return [`${name.slice(0, -2)}Seconds`, typeof value === 'number' ? value / 1_000 : value];
    }),
  );
}
