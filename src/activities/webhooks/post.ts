import { lookup } from 'node:dns/promises';
import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from '../../domain/automation/publicAddress.ts';

/** What is posted, and where to. */
export interface Posting {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface PostOptions {
  /** Addresses that are not on the open internet may be called. */
  readonly allowPrivate: boolean;
  /** All addresses of a name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly timeoutMs?: number;
}

/** The name leads to an address that may not be called: trying again would not help. */
export class AddressRefused extends Error {
  constructor() {
    super('the address is not on the open internet');
    this.name = 'AddressRefused';
  }
}

const resolveAll = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

/**
 * Posts JSON and resolves when the answer is a success. The name is looked up once and the connection made to the very
 * address that was judged, so that a name that answers differently the second time gains nothing; redirects are not
 * followed.
 * @throws AddressRefused; Error for anything else that keeps it from being taken. Messages name no address.
 */
export async function post({ url, body, headers }: Posting, options: PostOptions): Promise<void> {
  const { allowPrivate, resolve = resolveAll, timeoutMs = 10_000 } = options;
  const target = new URL(url);
  const host = target.hostname.replaceAll(/^\[|\]$/g, '');
  const addresses = isIP(host) ? [host] : await resolve(host);
  const [address] = addresses;
  if (!address) throw new Error('ENOTFOUND');
  // One that is not allowed among several is enough: which of them would be taken is the caller's luck.
  if (!allowPrivate && !addresses.every(isPublicAddress)) throw new AddressRefused();
  const isTls = target.protocol === 'https:';
  await new Promise<void>((taken, failed) => {
    const request = (isTls ? requestByHttps : requestByHttp)(
      {
        method: 'POST',
        host: address,
        port: target.port || (isTls ? 443 : 80),
        path: `${target.pathname}${target.search}`,
        headers: {
          ...headers,
          host: target.host,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        // The certificate has to be that of the name, whatever address it stands at.
        ...(isTls && !isIP(host) ? { servername: host } : {}),
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const status = response.statusCode ?? 0;
        // What is answered does not matter, and may be long.
        response.destroy();
        if (status >= 200 && status < 300) taken();
        else failed(new Error(`answered ${status}`));
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) => failed(new Error(error.code ?? error.name)));
    request.end(body);
  });
}
