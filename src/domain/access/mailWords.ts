import type { MailKind } from './mail.ts';

/** What a mail speaks of. */
export interface MailFacts {
  readonly organization: string;
  readonly name: string;
  /** Where its link leads; none in a notice. */
  readonly link: string | null;
  /** Of a notice: the address that is used from now on. */
  readonly newEmail: string | null;
  /** The organisation's signature as it goes out; none where it has none. */
  readonly signature: string | null;
}

interface Words {
  readonly subject: string;
  readonly lines: readonly string[];
}

const words: Readonly<Record<MailKind, (facts: MailFacts) => readonly [portuguese: Words, english: Words]>> = {
  invitation: ({ organization, link }) => [
    {
      subject: `${organization}: defina a sua senha`,
      lines: [
        `Você foi convidado(a) para atender no Rodízio de ${organization}. Defina a sua senha nesta página:`,
        link ?? '',
        'O link vale por sete dias e só pode ser usado uma vez. Se você não esperava este convite, ignore esta mensagem.',
      ],
    },
    {
      subject: 'set your password',
      lines: [
        `You are invited to answer customers in the Rodízio of ${organization}. The link above lets you set your password: once, within seven days. If you did not expect this, ignore it.`,
      ],
    },
  ],
  'password-reset': ({ organization, link }) => [
    {
      subject: `${organization}: nova senha`,
      lines: [
        'Alguém pediu uma nova senha para a sua conta no Rodízio. Se foi você, escolha a nova senha nesta página:',
        link ?? '',
        'O link vale por uma hora e só pode ser usado uma vez. Se não foi você, ignore esta mensagem: nada muda.',
      ],
    },
    {
      subject: 'new password',
      lines: [
        'Somebody asked for a new password for your account. If it was you, the link above lets you choose one: once, within an hour. If not, ignore this: nothing changes.',
      ],
    },
  ],
  'email-change': ({ organization, link }) => [
    {
      subject: `${organization}: confirme o seu novo e-mail`,
      lines: [
        'Este endereço foi informado como o novo e-mail da sua conta no Rodízio. Confirme nesta página:',
        link ?? '',
        'O link vale por 24 horas e só pode ser usado uma vez. Até lá vale o endereço anterior. Se você não conhece esta conta, ignore esta mensagem.',
      ],
    },
    {
      subject: 'confirm your new address',
      lines: [
        'This address was given as the new one of your account. The link above confirms it: once, within 24 hours. Until then the address of before stays. If you do not know this account, ignore this.',
      ],
    },
  ],
  'email-changed': ({ organization, newEmail }) => [
    {
      subject: `${organization}: o e-mail da sua conta mudou`,
      lines: [
        `O e-mail da sua conta no Rodízio agora é ${newEmail ?? 'outro'}. Este endereço não é mais usado para entrar.`,
        'Se não foi você que pediu, avise um administrador imediatamente.',
      ],
    },
    {
      subject: 'the address of your account has changed',
      lines: [
        `The address of your account is now ${newEmail ?? 'another one'}; this one is no longer used to sign in. If you did not ask for this, tell an administrator at once.`,
      ],
    },
  ],
  'message-limit-near': ({ organization }) => [
    {
      subject: `${organization}: limite de mensagens do mês`,
      lines: [
        `${organization} já enviou quatro quintos das mensagens permitidas neste mês. No limite, os atendentes não podem mais responder e nada é enviado automaticamente; quem escreve continua sendo recebido.`,
        'Um administrador pode mudar o limite nos parâmetros da organização.',
      ],
    },
    {
      subject: 'the limit of messages of this month',
      lines: [
        'Four fifths of the messages that the organisation allows in this month have been sent. At the limit agents cannot answer any more, and nothing is sent automatically; who writes is received all the same. If that is too few, you change the limit in the settings of the organisation.',
      ],
    },
  ],
};

/** Subject and plain text of a mail: Brazilian Portuguese first, then English in brief. */
export function mailWords(kind: MailKind, facts: MailFacts): { readonly subject: string; readonly text: string } {
  const [portuguese, english] = words[kind](facts);
  // `-- ` on a line of its own is how mail programs know a signature.
  const signature = facts.signature ? [`-- \n${facts.signature}`] : [];
  const paragraphs = [`Olá, ${facts.name}!`, ...portuguese.lines, '—', ...english.lines, ...signature];
  return { subject: `${portuguese.subject} / ${english.subject}`, text: `${paragraphs.join('\n\n')}\n` };
}
