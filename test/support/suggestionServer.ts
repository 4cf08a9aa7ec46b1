import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ProviderOptions, suggestionProvider } from '../../src/api/suggestions/provider.ts';
import type { SuggestionPort } from '../../src/domain/conversation/suggestions.ts';

/** A provider of suggestions on loopback, which answers what a test wants. */
export interface SuggestionServer {
  readonly url: string;
  /** What was asked so far. */
  readonly asked: { readonly headers: IncomingHttpHeaders; readonly body: unknown }[];
  /** From now on answers so; `undefined` = well. */
  answers(how?: (response: ServerResponse) => void): void;
  /** The port of the API on this server. */
  port(options?: Partial<ProviderOptions>): SuggestionPort;
  stop(): Promise<void>;
}

/** What it answers when all is well. */
export const suggested = [{ text: 'Olá! Posso ajudar?' }, { text: 'Um momento, por favor.' }];

const well = (response: ServerResponse): void => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ suggestions: suggested }));
};

export async function startSuggestionServer(): Promise<SuggestionServer> {
  const asked: { headers: IncomingHttpHeaders; body: unknown }[] = [];
  let answer = well;
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: JSON.parse(text) });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/answers`;
  return {
    url,
    asked,
    answers: (how = well) => {
      answer = how;
    },
    port: (options = {}) => suggestionProvider({ url, key: undefined, allowPrivate: true, ...options }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
