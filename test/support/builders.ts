// What tests build: one import, whichever part it comes from.
export * from './builders/apiKeys.ts';
export * from './builders/clientGroups.ts';
export * from './builders/conversations.ts';
export * from './builders/dispatches.ts';
export * from './builders/people.ts';
export { queries } from './builders/rows.ts';
export * from './builders/sectors.ts';
export * from './builders/settings.ts';
