import { Finding, type Property, short } from '../property.ts';
import type { ConversationRow } from '../snapshot.ts';

const waitReasons = ['out-of-hours', 'no-capacity', 'manual'];
const openReasons = ['limit-reached', 'nobody-available', 'declined-by-all', 'response-timeout'];

/** "There is no state without an exit": each one is what it says, and somebody or something can end it. */
export const states: Property = {
  name: 'every conversation is in a state that exists, with the owner, agent and reason that belong to it',
  rules: 'State of a conversation',
  check({ conversations, restless }) {
    const finding = new Finding();
    for (const row of conversations) {
      const wrong = mistake(row);
      finding.expect(wrong === null, () => `${short(row.id)} ${wrong}`);
    }
    for (const what of restless) finding.violations.push(`did not come to rest: ${what}`);
    return finding;
  },
};

function mistake({ status, state, reason, ownerId, designatedId, closedAt }: ConversationRow): string | null {
  if (status === 'closed')
    return state === null && designatedId === null && closedAt !== null ? null : 'is closed, yet has a state';
  if (status !== 'active' || closedAt !== null) return `has the status ${status}`;
  switch (state) {
    case 'assigned':
      return ownerId && !designatedId ? null : 'is assigned to nobody';
    case 'offered':
      return designatedId && !ownerId ? null : 'is offered to nobody';
    case 'waiting':
      if (ownerId || designatedId) return 'waits, yet has somebody';
      return waitReasons.includes(reason ?? '') ? null : 'waits for a step that did not come';
    case 'open':
      if (ownerId || designatedId) return 'is open, yet has somebody';
      return openReasons.includes(reason ?? '') ? null : 'is open for no reason';
    default:
      return `is active in the state ${state}`;
  }
}
