import type { Client } from './client.ts';
import { allOf } from './company.ts';
import type { PlayedConversation, TimelineItem } from './played.ts';

interface Page {
  readonly items: readonly Omit<PlayedConversation, 'timeline'>[];
  readonly nextCursor: string | null;
}

const AT_ONCE = 4;

/**
 * Reads the conversations of a run back from the list (newest first, so the pages stop once all are found), each with
 * its timeline. One that is in no list of the administrator's is a surprise.
 */
export async function readBack(client: Client, ids: ReadonlySet<string>): Promise<PlayedConversation[]> {
  const found: Omit<PlayedConversation, 'timeline'>[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await client.must<Page>(
      'GET',
      `/v1/conversations?status=any&view=all&limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    );
    found.push(...page.items.filter(({ id }) => ids.has(id)));
    cursor = page.nextCursor;
  } while (cursor && found.length < ids.size);
  for (let missing = found.length; missing < ids.size; missing++)
    client.tally.unexpected('a conversation is in no list of the administrator');
  if (new Set(found.map(({ id }) => id)).size < found.length)
    client.tally.unexpected('a conversation is in the list twice');

  const conversations: PlayedConversation[] = [];
  const queue = [...found];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const timeline = await allOf<TimelineItem>(client, `/v1/conversations/${next.id}/timeline`);
      conversations.push({ ...next, timeline });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return conversations;
}
