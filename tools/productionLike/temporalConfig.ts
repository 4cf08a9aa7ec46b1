/** What the configuration of one Temporal server depends on. */
export interface TemporalPlace {
  /** PostgreSQL, as the server reaches it. */
  postgres: { port: number; user: string; password: string };
  /** gRPC and membership port of each service; the frontend's is the one that clients use. */
  ports: Record<TemporalService, { grpc: number; membership: number }>;
  /** File of the dynamic configuration. */
  dynamicConfig: string;
}

export const temporalServices = ['frontend', 'history', 'matching', 'worker'] as const;
export type TemporalService = (typeof temporalServices)[number];

export const TEMPORAL_DATABASES = { store: 'temporal', visibility: 'temporal_visibility' } as const;

/**
 * Cannot be changed once the schema stands. 512 is the choice for a cluster; here one process of one small machine has
 * to take over every shard after each kill and polls for each of them, so that fewer measure us rather than the shards.
 */
const HISTORY_SHARDS = 16;

/** The server's configuration, one process with all four services on loopback; JSON, which is YAML too. */
export function temporalConfig({ postgres, ports, dynamicConfig }: TemporalPlace): string {
  const store = (databaseName: string, maxConns: number) => ({
    sql: {
      // The driver that keeps statements prepared: with the other one PostgreSQL plans each anew.
      pluginName: 'postgres12_pgx',
      databaseName,
      connectAddr: `127.0.0.1:${postgres.port}`,
      connectProtocol: 'tcp',
      user: postgres.user,
      password: postgres.password,
      // For each of the four services.
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  return JSON.stringify(
    {
      log: { stdout: true, level: 'warn' },
      persistence: {
        defaultStore: 'store',
        visibilityStore: 'visibility',
        numHistoryShards: HISTORY_SHARDS,
        datastores: {
          store: store(TEMPORAL_DATABASES.store, 12),
          visibility: store(TEMPORAL_DATABASES.visibility, 4),
        },
      },
      global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
      services: Object.fromEntries(
        temporalServices.map((name) => [
          name,
          { rpc: { grpcPort: ports[name].grpc, membershipPort: ports[name].membership, bindOnLocalHost: true } },
        ]),
      ),
      clusterMetadata: {
        enableGlobalNamespace: false,
        failoverVersionIncrement: 10,
        masterClusterName: 'active',
        currentClusterName: 'active',
        clusterInformation: {
          active: {
            enabled: true,
            initialFailoverVersion: 1,
            rpcName: 'frontend',
            rpcAddress: `127.0.0.1:${ports.frontend.grpc}`,
          },
        },
      },
      dcRedirectionPolicy: { policy: 'noop' },
      dynamicConfigClient: { filepath: dynamicConfig, pollInterval: '60s' },
    },
    null,
    2,
  );
}

/** The values that differ from the server's own: ids must fit the columns of SQL visibility. */
export function temporalDynamicConfig(): string {
  const values: Record<string, unknown> = {
    'limit.maxIDLength': 255,
  };
  return JSON.stringify(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, [{ value }]])), null, 2);
}
