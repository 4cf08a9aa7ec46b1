import { condition, defineSignal, proxySinks, setHandler, type Sinks } from '@temporalio/workflow';

/** How the process that runs the workflow hears of its first task. */
export interface FloorSinks extends Sinks {
  bench: { begun(id: string): void };
}

/** What it is told to do. */
export interface FloorInput {
  /** Its own id, told when its first task runs; `null`: nothing is told. */
  readonly tell: string | null;
}

const { bench } = proxySinks<FloorSinks>();

/** The floor of every workflow: started with a signal, sent two more, with one timer, and nothing else. */
export async function floor({ tell }: FloorInput): Promise<void> {
  let signals = 0;
  setHandler(defineSignal('fact'), () => {
    signals++;
  });
  if (tell !== null) bench.begun(tell);
  await condition(() => signals >= 3, '1 hour');
}
