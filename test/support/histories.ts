import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { ConversationId } from '../../src/domain/ids.ts';
import { conversationWorkflowId } from '../../src/workflows/protocol.ts';
import type { World } from './world.ts';

/** Where the recorded histories lie, one file for a scenario and version: `v1-<scenario>.json`. */
export const historiesFolder = fileURLToPath(new URL('../histories/', import.meta.url));

/** The version that a change of workflow code raises; files of earlier versions stay and are replayed for ever. */
export const historyVersion = 'v2';

export const historyFile = (scenario: string): string => `${historiesFolder}${historyVersion}-${scenario}.json`;

/**
 * Ends a scenario: its history must be recorded. With RECORD_HISTORIES set, one that is missing is written; a recorded
 * one is never overwritten.
 * @throws Error when there is no recording, or when the history holds personal data.
 */
export async function pinHistory(
  world: World,
  scenario: string,
  id: ConversationId | { readonly workflowId: string },
): Promise<void> {
  const workflowId = typeof id === 'string' ? conversationWorkflowId(id) : id.workflowId;
  const history = await world.temporal.client.workflow.getHandle(workflowId).fetchHistory();
  // Where a failure happened is of no use to a replay, and tells of the machine that recorded it.
  const json = JSON.stringify(
    { workflowId, history: JSON.parse(historyToJSON(history)) as unknown },
    null,
    1,
  ).replaceAll(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');
  assertNothingPersonal(json);
  keepRecording(historyFile(scenario), `${json}\n`, Boolean(process.env['RECORD_HISTORIES']));
}

/**
 * Writes a recording that is missing; one that is there stays as it is, whatever the history is now.
 * @throws Error when it is missing and nothing is to be recorded
 */
export function keepRecording(file: string, text: string, recording: boolean): void {
  if (existsSync(file)) return;
  if (!recording) throw new Error(`There is no recorded history ${file}: run npm run histories:record`);
  // Fails, where another process was faster, rather than overwrite.
  writeFileSync(file, text, { flag: 'wx' });
}

/** A recorded history, as the replayer takes it. */
export const readHistory = (file: string): { workflowId: string; history: unknown } =>
  JSON.parse(readFileSync(`${historiesFolder}${file}`, 'utf8')) as { workflowId: string; history: unknown };

/** What contacts and people of the test world are called and write; none of it may stand in a history. */
const personal = [
  'Maria',
  '+5511',
  'Olá',
  'demo.example',
  'Ana-',
  'motivo pessoal',
  'Convidada',
  'nobody here',
  'rzi_',
  'rzp_',
  'rze_',
];

function assertNothingPersonal(json: string): void {
  // Payloads are base64: looked at decoded.
  const decoded = json.replaceAll(/"data": ?"([A-Za-z0-9+/=]+)"/g, (_match, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  const found = personal.filter((text) => decoded.includes(text));
  if (found.length > 0) throw new Error(`The history holds personal data: ${found.join(', ')}`);
}
