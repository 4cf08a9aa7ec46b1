// A part of `npm start`: receives every mail of this Rodízio and shows them on a page of its own, on loopback only.
import { join } from 'node:path';
import { createMailboxServer } from './page.ts';
import { startReceiver } from './receiver.ts';
import { MailStore } from './store.ts';

const { DATA_DIR = '.data', MAILBOX_SMTP_PORT, MAILBOX_PORT } = process.env;
const store = new MailStore(join(DATA_DIR, 'mail'));
const receiver = await startReceiver({
  port: Number(MAILBOX_SMTP_PORT),
  keep: (raw) => Promise.resolve(store.keep(raw)),
});
const server = createMailboxServer(store).listen(Number(MAILBOX_PORT), '127.0.0.1');
console.log('the mailbox receives');

const stop = async (): Promise<void> => {
  server.close();
  server.closeAllConnections();
  await receiver.stop();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
