import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accept } from '../../src/database/steps/accept.ts';
import { answer } from '../../src/database/steps/answer.ts';
import { close } from '../../src/database/steps/close.ts';
import { receiveMessage } from '../../src/database/steps/receiveMessage.ts';
import { updateSector } from '../../src/database/steps/settings/updateSector.ts';
import { transact } from '../../src/database/transact.ts';
import type { Unit } from '../../src/database/unit.ts';
import type { ConversationId, UserId } from '../../src/domain/ids.ts';
import { createChannel, createRule, createSector, createUser, queries } from '../support/builders.ts';
import { pinHistory } from '../support/histories.ts';
import { inbound } from '../support/steps.ts';
import { startWorld, until, untilConversation, untilWorkflowEnded, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
afterEach(async () => {
  await queries(world.platform).deleteFrom('automation_rule').execute();
});

const does = <T>(work: (unit: Unit) => Promise<T>): Promise<T> => transact(world.platform, work);

async function company(overrides: Parameters<typeof createSector>[1] = {}) {
  const sector = await createSector(world.platform, overrides);
  const channel = await createChannel(world.platform, sector);
  const ana = await createUser(world.platform, { memberOf: [sector] });
  const bruno = await createUser(world.platform, { memberOf: [sector] });
  const contact = `+55119${randomUUID()}`;
  const write = async (): Promise<ConversationId> =>
    (
      await does((unit) =>
        receiveMessage(unit, inbound(channel), {
          contact: { externalId: contact, name: 'Maria' },
          message: { id: randomUUID(), text: 'Olá' },
        }),
      )
    ).conversationId;
  const owned = async (): Promise<ConversationId> => {
    const id = await write();
    await untilConversation(world, id, { state: 'offered', designatedId: ana.id });
    await does((unit) => accept(unit, { conversationId: id, userId: ana.id }));
    await does((unit) => answer(unit, { conversationId: id, userId: ana.id, text: 'Bom dia' }));
    return id;
  };
  return { sector, channel, ana, bruno, write, owned };
}

/** How long the history is once the workflow sleeps. */
async function settledHistory(id: ConversationId): Promise<number> {
  for (let last = -1; ;) {
    const { length } = await world.historyOf(id);
    if (length === last) return length;
    last = length;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function closeAndPin(id: ConversationId, scenario: string, userId?: UserId): Promise<void> {
  const who = userId ?? (await createUser(world.platform, { role: 'administrator' })).id;
  await does((unit) => close(unit, { conversationId: id, userId: who }));
  await untilWorkflowEnded(world, id);
  await pinHistory(world, scenario, id);
}

describe('R34: a response timer on the conversation’s own workflow', () => {
  it('gives it back to the queue, and on to the next agent, without anybody acting', async () => {
    const { bruno, write, owned } = await company({ responseTimeoutMs: 600, responseAction: 'return' });
    const id = await owned();
    await write();
    await untilConversation(world, id, { state: 'offered', designatedId: bruno.id });
    await closeAndPin(id, 'response-timeout-returns');
  });

  it('opens it to the sector', async () => {
    const { write, owned } = await company({ responseTimeoutMs: 600, responseAction: 'open' });
    const id = await owned();
    await write();
    await untilConversation(world, id, { state: 'open', reason: 'response-timeout' });
    await closeAndPin(id, 'response-timeout-opens');
  });

  it('tells the supervisors once; an overdue answer adds at most 11 events to the history', async () => {
    const { ana, write, owned } = await company({ responseTimeoutMs: 1_500, responseAction: 'tell-supervisor' });
    const id = await owned();
    const before = await settledHistory(id);
    await write();
    await write();
    await until('the supervisors are told', async () =>
      queries(world.platform)
        .selectFrom('event')
        .select('seq')
        .where('conversationId', '=', id)
        .where('type', '=', 'conversation.response_overdue')
        .executeTakeFirst(),
    );
    await does((unit) => answer(unit, { conversationId: id, userId: ana.id, text: 'Desculpe' }));
    expect((await settledHistory(id)) - before).toBeLessThanOrEqual(11);
    await closeAndPin(id, 'response-overdue-told', ana.id);
  });

  it('R27: a time that is set later reaches the conversations that run', async () => {
    const { sector, bruno, write, owned } = await company();
    const id = await owned();
    await write();
    await does((unit) =>
      updateSector(unit, sector.id, () => ({ distribution: { responseTimeoutMs: 300, responseAction: 'return' } })),
    );
    await untilConversation(world, id, { state: 'offered', designatedId: bruno.id });
    await closeAndPin(id, 'response-timeout-set-later');
  });
});

describe('R35: an absent owner', () => {
  it('loses it when the contact writes after the grace', async () => {
    const { bruno, write, owned } = await company({ absenceGraceMs: 300 });
    const id = await owned();
    await new Promise((resolve) => setTimeout(resolve, 400));
    await write();
    await untilConversation(world, id, { state: 'offered', designatedId: bruno.id });
    await closeAndPin(id, 'owner-absent');
  });
});

describe('R28: waiting longer than a time', () => {
  it('is a timer of the conversation’s own workflow: the rule moves it, and it is distributed there', async () => {
    const { channel, write } = await company({ mode: 'manual' });
    const other = await createSector(world.platform);
    const carla = await createUser(world.platform, { memberOf: [other] });
    expect(channel.sectorId).not.toBe(other.id);
    await createRule(world.platform, other, { event: 'conversation.waiting', waitingSeconds: 1 });
    const id = await write();
    await untilConversation(world, id, { state: 'waiting', reason: 'manual' });
    await untilConversation(world, id, { state: 'offered', sectorId: other.id, designatedId: carla.id });
    await closeAndPin(id, 'rule-after-waiting');
  });
});
