import fc from 'fast-check';
import { Refusal } from '../../src/domain/errors.ts';
import type { ConversationId, OfferId, UserId } from '../../src/domain/ids.ts';
import { accept } from '../../src/database/steps/accept.ts';
import { close } from '../../src/database/steps/close.ts';
import { decline } from '../../src/database/steps/decline.ts';
import { setAvailability } from '../../src/database/steps/people/setAvailability.ts';
import { returnToQueue } from '../../src/database/steps/returnToQueue.ts';
import { transfer } from '../../src/database/steps/transfer.ts';
import type { Unit } from '../../src/database/unit.ts';
import { type BuiltChannel, type BuiltSector, type BuiltUser, queries } from '../support/builders.ts';
import type { Steps } from '../support/steps.ts';
import type { Model, Modelled } from './model.ts';

/** The same company in the real system. */
export interface Real {
  readonly steps: Steps;
  readonly agents: readonly BuiltUser[];
  readonly administrator: BuiltUser;
  readonly sectors: readonly BuiltSector[];
  readonly channel: BuiltChannel;
  readonly ids: ConversationId[];
  /** Everything that was seen, counted. */
  readonly seen: Map<string, number>;
}

type Command = fc.AsyncCommand<Model, Real>;
type Do = (model: Model, real: Real) => Promise<void>;

/** What the workflows do when they are signalled: the step that is due. */
async function settle({ steps }: Real): Promise<void> {
  for (;;) {
    const [wakeUp] = steps.wakeUps.splice(0, 1);
    if (!wakeUp) return;
    if (wakeUp.workflow === 'conversation') await steps.advance(wakeUp.targetId as ConversationId);
  }
}

/** Lets time pass as timers would: each fires at its very millisecond. */
async function pass(real: Real, ms: number): Promise<void> {
  const { steps } = real;
  const end = steps.clock.at(new Date()).getTime() + ms;
  for (let fired = 0; ; fired++) {
    if (fired > 1_000) throw new Error('A timer fires again and again, and nothing comes of it');
    const due = await queries(steps.platform)
      .selectFrom('conversation')
      .select(['id', 'dueAt'])
      .where('id', 'in', real.ids)
      .where('dueAt', '<=', new Date(end))
      .orderBy('dueAt')
      .executeTakeFirst();
    if (!due) break;
    steps.clock.pass(due.dueAt!.getTime() - steps.clock.at(new Date()).getTime());
    await steps.advance(due.id);
    await settle(real);
  }
  steps.clock.pass(end - steps.clock.at(new Date()).getTime());
}

/** The real system must stand exactly where the model does. */
async function compare(model: Model, { steps, ids, agents, sectors, seen }: Real): Promise<void> {
  const rows = await queries(steps.platform).selectFrom('conversation').selectAll().where('id', 'in', ids).execute();
  const numberOf = (id: string | null | undefined) => (id ? agents.findIndex((agent) => agent.id === id) : null);
  const real = ids.map((id) => {
    const row = rows.find((one) => one.id === id)!;
    const holder = numberOf(row.ownerId ?? row.designatedId);
    return [
      row.state ?? row.status,
      row.reason ?? null,
      sectors.findIndex((s) => s.id === row.sectorId),
      holder,
      row.offersMade,
      row.distribution.round,
    ].join();
  });
  const modelled = model.conversations.map((c) => [c.state, c.reason, c.sector, c.holder, c.offers, c.round].join());
  if (real.join(' | ') !== modelled.join(' | '))
    throw new Error(`The model says ${modelled.join(' | ')}, the system ${real.join(' | ')}`);
  for (const { state, reason } of model.conversations) count(seen, reason ?? state);
}

export const count = (seen: Map<string, number>, what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

const command = (name: string, run: Do, needs = 1): Command => ({
  check: ({ conversations }) => conversations.length >= needs,
  async run(model, real) {
    await run(model, real);
    await settle(real);
    await compare(model, real);
  },
  toString: () => name,
});

/** Who does it: somebody, who has it at that moment, or an administrator. */
type Who = number | 'holder' | 'administrator';
type Someone = Exclude<Who, 'holder'>;

/** A command of people on one conversation: done, or refused without a trace, as the model says. */
const onOne = (
  what: string,
  [which, who]: readonly [number, Who],
  allowed: (model: Model, c: Modelled, by: Someone) => boolean,
  act: (
    unit: Unit,
    by: { readonly conversationId: ConversationId; readonly userId: UserId },
    real: Real,
  ) => Promise<unknown>,
): Command =>
  command(`${what} ${which} by ${who}`, async (model, real) => {
    const index = which % model.conversations.length;
    const c = model.conversations[index]!;
    const by = who === 'holder' ? (c.holder ?? 0) : who;
    const may = allowed(model, c, by);
    const userId = by === 'administrator' ? real.administrator.id : real.agents[by]!.id;
    const refusal = await real.steps
      .run((unit) => act(unit, { conversationId: real.ids[index]!, userId }, real))
      .then(() => null)
      .catch((error: unknown) => {
        if (error instanceof Refusal) return error.code;
        throw error;
      });
    count(real.seen, `${what} ${refusal ?? 'done'}`);
    if (may === (refusal !== null))
      throw new Error(
        `${what} ${index} by ${by}: ${may ? 'allowed' : 'refused'}, says the model; ${refusal ?? 'done'}`,
      );
  });

const arrive = command(
  'arrive',
  async (model, real) => {
    model.arrive();
    const { conversationId } = await real.steps.write(real.channel);
    real.ids.push(conversationId);
  },
  0,
);

/** The newest offer; an id that never was one where there is none, and the command has to be refused. */
const lastOffer = async (unit: Unit, id: ConversationId): Promise<OfferId> =>
  (
    await unit.db
      .selectFrom('offer')
      .select('id')
      .where('conversationId', '=', id)
      .orderBy('number', 'desc')
      .executeTakeFirst()
  )?.id ?? ('00000000-0000-7000-8000-000000000000' as OfferId);

const agent = fc.nat({ max: 3 });
const which = fc.nat({ max: 4 });
const byAgent = fc.tuple(which, fc.oneof<fc.Arbitrary<Who>[]>(agent, fc.constant('holder'), fc.constant('holder')));
const byAnybody = fc.tuple(which, fc.oneof<fc.Arbitrary<Who>[]>(agent, fc.constantFrom('holder', 'administrator')));
/** Only agents are asked for these. */
const asAgent = (by: Someone): number => (by === 'administrator' ? -1 : by);

/** Everything that people and time can do. */
export const commands: fc.Arbitrary<Command>[] = [
  fc.constant(arrive),
  // Ties with time-outs and limits among them.
  fc.constantFrom(60_000, 420_000, 599_999, 600_000, 1_800_000).map((ms) =>
    command(`pass ${ms}`, async (model, real) => {
      model.pass(ms);
      await pass(real, ms);
    }),
  ),
  // Away more often than back, and sometimes all at once, so that there are moments without anybody.
  fc
    .tuple(fc.constantFrom([0], [1], [2], [3], [0, 1, 2, 3]), fc.constantFrom(true, false, false))
    .map(([who, available]) =>
      command(`${available ? 'available' : 'unavailable'} ${who.join()}`, async (model, real) => {
        for (const n of who) {
          model.setAvailable(n, available);
          const { id } = real.agents[n]!;
          await real.steps.run((unit) => setAvailability(unit, { userId: id, available, reason: null, actorId: id }));
          await settle(real);
        }
      }),
    ),
  byAgent.map((on) => onOne('accept', on, (model, c, by) => model.accept(c, asAgent(by)), accept)),
  byAgent.map((on) =>
    onOne(
      'decline',
      on,
      (model, c, by) => model.decline(c, asAgent(by)),
      async (unit, by) => decline(unit, { ...by, offerId: await lastOffer(unit, by.conversationId) }),
    ),
  ),
  byAgent.map((on) => onOne('return', on, (model, c, by) => model.giveBack(c, asAgent(by)), returnToQueue)),
  fc.tuple(byAnybody, fc.nat({ max: 1 })).map(([on, to]) =>
    onOne(
      `transfer to ${to}:`,
      on,
      (model, c, by) => model.transfer(c, by, to),
      (unit, by, { sectors }) => transfer(unit, { ...by, sectorId: sectors[to]!.id }),
    ),
  ),
  byAnybody.map((on) => onOne('close', on, (model, c, by) => model.close(c, by), close)),
];
