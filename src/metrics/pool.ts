import { Gauge, type Registry } from 'prom-client';

/** What is asked of a pool of connections; the driver's own has it. */
export interface PoolUse {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/** Shows how much of the database pool is in use, read when asked for. @returns what the pool is to be handed to. */
export function createPoolMetrics(registry: Registry): (pool: PoolUse) => void {
  let pool: PoolUse | undefined;
  const registers = [registry];
  const connections = new Gauge({
    name: 'rodizio_database_pool_connections',
    help: 'Connections of this process to the database.',
    labelNames: ['state'],
    registers,
    collect() {
      if (!pool) return;
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'idle' }, pool.idleCount);
    },
  });
  connections.set({ state: 'busy' }, 0);
  connections.set({ state: 'idle' }, 0);
  const values = [
    ['rodizio_database_pool_size', 'The most connections that this process opens.', (of: PoolUse) => of.options.max],
    ['rodizio_database_pool_waiting', 'Pieces of work that wait for a connection.', (of: PoolUse) => of.waitingCount],
  ] as const;
  for (const [name, help, read] of values) {
    // It shows itself in the registry.
    void new Gauge({
      name,
      help,
      registers,
      collect() {
        if (pool) this.set(read(pool));
      },
    });
  }
  return (given) => {
    pool = given;
  };
}
