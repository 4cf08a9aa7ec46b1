import type { MikroORM } from '@mikro-orm/postgresql';
import type { Logger } from 'pino';
import { createSequencer } from '../database/sequencer.ts';
import { handOnPlaces } from '../database/steps/handOn.ts';
import type { Clock } from '../database/clock.ts';
import type { Committed, CrashPoint, DeliveryPort, Platform } from '../database/unit.ts';
import { Dispatcher, type WakeUpCounts } from './dispatcher.ts';
import type { Temporal } from './temporal.ts';

/** A platform with what follows each commit: wake-ups go out, events get their position. */
export interface RunningPlatform {
  readonly platform: Platform;
  readonly dispatcher: Dispatcher;
  start(): void;
  stop(): Promise<void>;
}

/** Builds what every process of Rodízio runs its steps on. */
export function buildPlatform(parts: {
  readonly orm: MikroORM;
  readonly temporal: Pick<Temporal, 'wake'>;
  readonly log: Logger;
  readonly clock: Clock;
  readonly delivery: DeliveryPort;
  readonly crash?: (point: CrashPoint) => void;
  /** Hears of each commit and each wake-up: for figures. */
  readonly observe?: { readonly committed: (what: Committed) => void; readonly wakeUps: WakeUpCounts };
}): RunningPlatform {
  const { orm, temporal, log, clock, delivery, crash = () => undefined, observe } = parts;
  const dispatcher = new Dispatcher({
    orm,
    temporal,
    crash,
    log,
    ...(observe && { counts: observe.wakeUps }),
    handOn: (agent) => handOnPlaces(platform, agent),
  });
  const sequencer = createSequencer(orm, { log });
  const platform: Platform = {
    orm,
    clock,
    delivery,
    crash,
    afterCommit: {
      committed(what) {
        dispatcher.send(what.wakeUps);
        if (what.events) sequencer.nudge();
        observe?.committed(what);
      },
    },
  };
  return {
    platform,
    dispatcher,
    start() {
      dispatcher.start();
      sequencer.start();
    },
    async stop() {
      await dispatcher.stop();
      await sequencer.stop();
    },
  };
}
