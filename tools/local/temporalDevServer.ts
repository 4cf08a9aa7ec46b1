import { Connection } from '@temporalio/client';
import { lastLines } from './logs.ts';
import { startPart, type Part } from './processes.ts';
import { waitUntil } from './wait.ts';

const READY_MS = 60_000;
const STOP_MS = 10_000;

/** What to start. */
export interface TemporalDevServerOptions {
  executable: string;
  port: number;
  /** Port of the web interface; null for none. */
  uiPort: number | null;
  /** File of its database; null keeps everything in memory. */
  database: string | null;
  /** Named in its command line, so that a leftover can be recognised. */
  folder: string;
  runFolder: string;
  logFile: string;
  /** Namespaces besides `default`. */
  namespaces?: readonly string[];
  /** Search attributes to register, `Name=Type`. */
  searchAttributes?: readonly string[];
  /** Values of the server's dynamic configuration, `key=JSON`. */
  dynamicConfig?: readonly string[];
  /** Gets the process as soon as it runs, before it answers. */
  onStarted?: (part: Part) => void;
}

/** Starts a Temporal dev server on loopback and resolves when it answers for its namespace `default`. */
export async function startTemporalDevServer(options: TemporalDevServerOptions): Promise<Part> {
  const part = await startPart({
    name: 'Temporal',
    command: options.executable,
    args: temporalArguments(options),
    folder: options.folder,
    cwd: options.folder,
    runFolder: options.runFolder,
    logFile: options.logFile,
    stopWithinMs: STOP_MS,
  });
  options.onStarted?.(part);
  let isEnded = false;
  void part.exited.then(() => {
    isEnded = true;
  });
  const isUp = await waitUntil(
    async () => isEnded || (await temporalAnswers(`127.0.0.1:${options.port}`)),
    READY_MS,
    100,
  );
  if (isUp && !isEnded) return part;
  await part.stop();
  throw new Error(`The Temporal dev server did not start. The end of ${part.logFile}:\n${lastLines(part.logFile)}`);
}

function temporalArguments(options: TemporalDevServerOptions): string[] {
  const { port, uiPort, database } = options;
  const repeated = (flag: string, values: readonly string[] = []): string[] => values.flatMap((value) => [flag, value]);
  const base = ['server', 'start-dev', '--log-level', 'error'];
  const address = ['--ip', '127.0.0.1', '--port', String(port)];
  const ui = uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-ip', '127.0.0.1'];
  const storage = database === null ? [] : ['--db-filename', database];
  // A file that is not there: the user's own settings of the CLI do not apply. It also names the folder.
  const ownSettings = ['--env-file', `${options.folder}/none.yaml`];
  return [
    ...base,
    ...repeated('--namespace', ['default', ...(options.namespaces ?? [])]),
    ...address,
    ...ui,
    ...storage,
    ...ownSettings,
    ...repeated('--search-attribute', options.searchAttributes),
    // Search attributes that the worker registers are usable at once, not after a minute.
    ...repeated('--dynamic-config-value', ['system.forceSearchAttributesCacheRefreshOnRead=true']),
    ...repeated('--dynamic-config-value', options.dynamicConfig),
  ];
}

/** Whether a Temporal server at this address answers for its namespace `default`. */
export async function temporalAnswers(address: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2_000 });
    const client = connection;
    await client.withDeadline(Date.now() + 2_000, () =>
      client.workflowService.describeNamespace({ namespace: 'default' }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close().catch(() => {});
  }
}
