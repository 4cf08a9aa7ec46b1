import { isPortFree } from '../local/ports.ts';

const FIRST = 20_000;
// Below the range from which systems give ports to outgoing connections: a part that is down for a moment finds its
// port free. And Temporal keeps ports of its members in a column that ends at 32,767.
const COUNT = 12_000;

/** A free loopback port that stays ours while its part is restarted; none of `except`. */
export async function stablePort(except: readonly number[] = []): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (!except.includes(port) && (await isPortFree(port))) return port;
  }
}
