import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from '../domain/automation/publicAddress.ts';

/** What is posted, and where to. */
export interface Posting {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CallOptions {
  /** Addresses that are not on the open internet may be called. */
  readonly allowPrivate: boolean;
  /** All addresses of a name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
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
 * Posts JSON and resolves with the answer once its head is there, whatever its status; the caller reads or destroys it.
 * The name is looked up once and the connection made to the very address that was judged, so that a name that answers
 * differently the second time gains nothing; redirects are not followed. `signal` ends all of it, the answer's body too.
 * @throws AddressRefused; Error for anything else that keeps it from being answered. Messages name no address.
 */
export async function callOut(
  { url, body, headers }: Posting,
  { allowPrivate, resolve = resolveAll }: CallOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const target = new URL(url);
  const host = target.hostname.replaceAll(/^\[|\]$/g, '');
  const addresses = isIP(host) ? [host] : await unlessEnded(resolve(host), signal);
  const [address] = addresses;
  if (!address) throw new Error('ENOTFOUND');
  // One that is not allowed among several is enough: which of them would be taken is the caller's luck.
  if (!allowPrivate && !addresses.every(isPublicAddress)) throw new AddressRefused();
  const isTls = target.protocol === 'https:';
  return new Promise((answered, failed) => {
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
        signal,
      },
      answered,
    );
    request.on('error', (error: NodeJS.ErrnoException) => failed(nameless(error)));
    request.end(body);
  });
}

/** A name server that is silent must not outlast the deadline; what it says later is nobody's any more. */
const unlessEnded = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((done, failed) => {
    const end = (): void => failed(new Error('ABORT_ERR'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work
      .finally(() => signal.removeEventListener('abort', end))
      .then(done, (error: NodeJS.ErrnoException) => failed(nameless(error)));
  });

const nameless = ({ code, name }: NodeJS.ErrnoException): Error => new Error(code ?? name);
