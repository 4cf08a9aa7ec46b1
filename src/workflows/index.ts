export { conversation } from './conversation.ts';
export { sector } from './sector.ts';
export { webhookCall } from './webhookCall.ts';
