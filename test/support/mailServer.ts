import PostalMime from 'postal-mime';
import { startReceiver } from '../../tools/local/mailbox/receiver.ts';

/** A mail that arrived, as its reader sees it. */
export interface ArrivedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  /** The secret of its link; empty when it brings none. */
  readonly token: string;
}

/** A real SMTP server in this process. */
export interface MailServer {
  readonly url: string;
  readonly port: number;
  /** What it took, oldest first. */
  readonly mails: ArrivedMail[];
  /** The mails to an address. */
  to(address: string): ArrivedMail[];
  /** From now on it answers so to this recipient. */
  refuse(recipient: string, code: number, text: string): void;
  stop(): Promise<void>;
}

export async function startMailServer(port = 0): Promise<MailServer> {
  const mails: ArrivedMail[] = [];
  const refused = new Map<string, { code: number; text: string }>();
  const receiver = await startReceiver({
    port,
    refuse: (recipient) => refused.get(recipient) ?? null,
    async keep(raw) {
      const { to, subject = '', text = '', messageId = '' } = await PostalMime.parse(raw);
      const token = /\/(rz[a-z]_[\w-]+)/.exec(text)?.[1] ?? '';
      mails.push({ to: to?.[0]?.address ?? '', subject, text, messageId, token });
    },
  });
  return {
    url: `smtp://127.0.0.1:${receiver.port}`,
    port: receiver.port,
    mails,
    to: (address) => mails.filter((mail) => mail.to === address),
    refuse: (recipient, code, text) => void refused.set(recipient, { code, text }),
    stop: () => receiver.stop(),
  };
}
