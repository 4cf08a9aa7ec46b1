/** Why a rule could not do its work (R28): reported with the rule, and routing goes on. */
export const ruleFailures = [
  'invalid',
  'sector-gone',
  'tag-archived',
  'webhook-waiting',
  'webhook-failed',
  'webhook-refused',
] as const;
export type RuleFailure = (typeof ruleFailures)[number];
