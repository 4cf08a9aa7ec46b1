import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';

/** A mail that was kept, read. */
export interface KeptMail {
  id: string;
  from: string;
  to: string;
  subject: string;
  /** RFC 3339, when it came. */
  receivedAt: string;
  messageId: string;
  text: string;
}

/** So many mails are kept; older ones make room. */
const MOST = 500;

/** Mails as files of a folder, readable by us alone: they hold links that let people in. */
export class MailStore {
  readonly #folder: string;
  #last = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  keep(raw: Uint8Array): void {
    // Names sort by time, also of two in one millisecond.
    this.#last = Math.max(Date.now(), this.#last + 1);
    const path = join(this.#folder, `${this.#last}.eml`);
    writeFileSync(`${path}.part`, raw, { mode: 0o600 });
    renameSync(`${path}.part`, path);
    for (const name of this.#names().slice(MOST)) rmSync(join(this.#folder, name), { force: true });
  }

  /** The newest first. */
  async list(limit: number): Promise<KeptMail[]> {
    return await Promise.all(
      this.#names()
        .slice(0, limit)
        .map((name) => this.#read(name)),
    );
  }

  #names(): string[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.eml'))
      .toSorted()
      .toReversed();
  }

  async #read(name: string): Promise<KeptMail> {
    const id = name.replace('.eml', '');
    const mail = await PostalMime.parse(readFileSync(join(this.#folder, name)));
    return {
      id,
      from: mail.from?.address ?? '',
      to: (mail.to ?? []).map(({ address }) => address ?? '').join(', '),
      subject: mail.subject ?? '',
      receivedAt: new Date(Number(id)).toISOString(),
      messageId: mail.messageId ?? '',
      text: mail.text ?? '',
    };
  }
}
