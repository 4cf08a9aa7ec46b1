import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** An SMTP server on loopback that takes every mail and delivers none. */
export interface Receiver {
  port: number;
  stop(): Promise<void>;
}

export interface ReceiverOptions {
  /** 0: any free port. */
  port: number;
  /** Keeps a mail, as it came over the wire; the sender hears that it was taken once this resolves. */
  keep(raw: Buffer): Promise<void>;
  /** What to answer to a recipient instead of taking the mail: a reply code and its text. */
  refuse?: (recipient: string) => { code: number; text: string } | null;
}

const LOOPBACK = '127.0.0.1';

/** Starts it; resolves when it listens. */
export async function startReceiver({ port, keep, refuse = () => null }: ReceiverOptions): Promise<Receiver> {
  const server = new SMTPServer({
    // Nobody signs in, and what stays on this machine is not encrypted.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: 1_000_000,
    closeTimeout: 1_000,
    onRcptTo({ address }, _session, answer) {
      const refused = refuse(address);
      answer(refused ? Object.assign(new Error(refused.text), { responseCode: refused.code }) : null);
    },
    onData(stream, _session, answer) {
      buffer(stream)
        .then(keep)
        .then(
          () => answer(null),
          (error: unknown) => answer(error instanceof Error ? error : new Error(String(error))),
        );
    },
  });
  // A client that breaks off is its own affair; without a listener it would end this process.
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
