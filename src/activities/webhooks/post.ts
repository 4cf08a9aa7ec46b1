import { callOut, type CallOptions, type Posting } from '../../network/callOut.ts';

export interface PostOptions extends CallOptions {
  readonly timeoutMs?: number;
}

/**
 * Posts JSON and resolves when the answer is a success.
 * @throws AddressRefused; Error for anything else that keeps it from being taken. Messages name no address.
 */
export async function post(posting: Posting, { timeoutMs = 10_000, ...options }: PostOptions): Promise<void> {
  const response = await callOut(posting, options, AbortSignal.timeout(timeoutMs));
  const status = response.statusCode ?? 0;
  // What is answered does not matter, and may be long.
  response.destroy();
  if (status < 200 || status >= 300) throw new Error(`answered ${status}`);
}
