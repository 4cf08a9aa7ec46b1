import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { NoSuggestions, type SuggestionPort } from '../../domain/conversation/suggestions.ts';
import { AddressRefused, callOut, type CallOptions } from '../../network/callOut.ts';
import { messageText } from '../schemas.ts';

/** A server that suggests answers, reached by HTTP. */
export interface ProviderOptions extends CallOptions {
  readonly url: string;
  /** Sent as a bearer token, if there is one. */
  readonly key: string | undefined;
  /** For all of a call: looking its name up, connecting, and reading the answer. */
  readonly timeoutMs?: number;
  /** Calls under way at one time in this process; more are refused at once. */
  readonly mostCalls?: number;
}

/** Three texts of 4,096 characters take less, however they are written. */
const mostBytes = 262_144;

const answerSchema = z.object({ suggestions: z.array(z.object({ text: sendable() })).max(3) });

/** What could be sent as a message as it is. */
function sendable() {
  return messageText.refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be well-formed text');
}

/** Suggestions by HTTP: `POST {messages: [{by, text}]}` is answered with `{suggestions: [{text}]}`. */
export function suggestionProvider(options: ProviderOptions): SuggestionPort {
  const { url, key, timeoutMs = 10_000, mostCalls = 8 } = options;
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  let calls = 0;
  return {
    async suggest(messages) {
      if (calls >= mostCalls) throw new NoSuggestions(`${mostCalls} calls are under way`);
      calls += 1;
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await callOut({ url, body: JSON.stringify({ messages }), headers }, options, signal);
        return textsOf(await bodyOf(response));
      } catch (error) {
        throw signal.aborted ? new NoSuggestions(`took longer than ${timeoutMs} ms`) : nothing(error);
      } finally {
        calls -= 1;
      }
    },
  };
}

/** @throws NoSuggestions for anything but a success that is not too long */
async function bodyOf(response: IncomingMessage): Promise<string> {
  const status = response.statusCode ?? 0;
  if (status < 200 || status >= 300) {
    response.destroy();
    throw new NoSuggestions(`answered ${status}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left early, the loop destroys the answer.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new NoSuggestions(`answered more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws NoSuggestions without a word of the answer: it repeats what people wrote */
function textsOf(body: string): readonly string[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw new NoSuggestions('answered something that is not JSON');
  }
  const parsed = answerSchema.safeParse(answer);
  if (parsed.success) return parsed.data.suggestions.map(({ text }) => text);
  const places = parsed.error.issues.map(({ path }) => path.join('.') || 'the answer');
  throw new NoSuggestions(`answered something else than was agreed: ${places.slice(0, 3).join(', ')}`);
}

const nothing = (error: unknown): NoSuggestions => {
  if (error instanceof NoSuggestions) return error;
  if (error instanceof AddressRefused) return new NoSuggestions(error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  return new NoSuggestions(code ?? message);
};
