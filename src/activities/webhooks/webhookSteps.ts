import { ApplicationFailure } from '@temporalio/common';
import { transact } from '../../database/transact.ts';
import type { Platform } from '../../database/unit.ts';
import {
  attemptWebhookCall,
  endWebhookCall,
  failedWebhookCall,
  takenWebhookCall,
} from '../../database/steps/automation/webhookCall.ts';
import type { WebhookCallId } from '../../domain/ids.ts';
import type { WebhookEndPort, WebhookPort } from '../../workflows/ports.ts';
import { AddressRefused } from '../../network/callOut.ts';
import { post, type PostOptions } from './post.ts';
import { signatureOf } from './sign.ts';

/** Makes the calls of rules, each attempt noted before it is made (R28). */
export const webhookSteps = (platform: Platform, options: PostOptions): WebhookPort => ({
  async callWebhook({ callId }) {
    const id = callId as WebhookCallId;
    const call = await transact(platform, (unit) => attemptWebhookCall(unit, id));
    if (!call) return;
    try {
      await post(
        {
          url: call.url,
          body: call.body,
          headers: { 'rodizio-call-id': id, 'rodizio-signature': signatureOf(call.secret, new Date(), call.body) },
        },
        options,
      );
    } catch (error) {
      const refused = error instanceof AddressRefused;
      const message = error instanceof Error ? error.message : 'failed';
      await transact(platform, (unit) => failedWebhookCall(unit, id, { refused, message }));
      throw ApplicationFailure.create({
        message,
        type: refused ? 'AddressRefused' : 'NotTaken',
        nonRetryable: refused,
      });
    }
    await transact(platform, (unit) => takenWebhookCall(unit, id));
  },
});

export const webhookEndSteps = (platform: Platform): WebhookEndPort => ({
  endWebhookCall: ({ callId }) => transact(platform, (unit) => endWebhookCall(unit, callId as WebhookCallId)),
});
