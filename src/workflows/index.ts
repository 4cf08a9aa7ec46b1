export { availability } from './availability.ts';
export { conversation } from './conversation.ts';
export { dispatch } from './dispatch.ts';
export { job } from './job.ts';
export { mail } from './mail.ts';
export { sector } from './sector.ts';
export { webhookCall } from './webhookCall.ts';
