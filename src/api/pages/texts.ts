import type { LinkPurpose } from '../../domain/access/links.ts';
import type { RefusalCode } from '../../domain/errors.ts';

interface Form {
  readonly title: string;
  /** What it is about, for whom. */
  readonly intro: (link: { readonly organization: string; readonly name: string }) => string;
  readonly button: string;
  /** Said when it is done. */
  readonly done: string;
}

/** Everything that the pages say, in one language. */
export interface Texts {
  readonly language: string;
  readonly forms: Readonly<Record<LinkPurpose, Form>>;
  readonly ask: Omit<Form, 'intro'> & { readonly intro: string };
  readonly email: string;
  readonly password: string;
  readonly again: string;
  readonly hint: string;
  readonly different: string;
  readonly tooShort: string;
  readonly tooLong: string;
  readonly askAgain: string;
  readonly notPossible: string;
  /** Why it does not go on; what is not listed is told as a failure. */
  readonly refusals: Readonly<Partial<Record<RefusalCode, string>>>;
  readonly failed: string;
}

const portuguese: Texts = {
  language: 'pt-BR',
  forms: {
    invitation: {
      title: 'Defina a sua senha',
      intro: ({ organization, name }) => `Olá, ${name}! Você foi convidado(a) para o Rodízio de ${organization}.`,
      button: 'Definir senha',
      done: 'Pronto! A sua senha foi definida e a sua conta está verificada. Você já pode entrar.',
    },
    'password-reset': {
      title: 'Escolha uma nova senha',
      intro: ({ name }) => `Olá, ${name}! Ao mudar a senha, todas as suas sessões abertas serão encerradas.`,
      button: 'Mudar senha',
      done: 'Pronto! A sua senha mudou. Entre de novo com a nova senha.',
    },
    'email-change': {
      title: 'Confirme o seu novo e-mail',
      intro: ({ name }) => `Olá, ${name}! Este passa a ser o e-mail da sua conta:`,
      button: 'Confirmar',
      done: 'Pronto! O seu novo e-mail está confirmado. Use-o para entrar.',
    },
  },
  ask: {
    title: 'Esqueceu a senha?',
    intro: 'Informe o seu e-mail. Se ele for de uma conta, enviaremos um link para escolher uma nova senha.',
    button: 'Enviar link',
    done: 'Se este e-mail for de uma conta, o link está a caminho. Ele vale por uma hora.',
  },
  email: 'E-mail',
  password: 'Senha',
  again: 'Repita a senha',
  hint: 'Pelo menos 8 caracteres.',
  different: 'As duas senhas não são iguais.',
  tooShort: 'A senha precisa ter pelo menos 8 caracteres.',
  tooLong: 'A senha pode ter no máximo 200 caracteres.',
  askAgain: 'Pedir um novo link',
  notPossible: 'Este link não pode ser usado',
  refusals: {
    'not-found': 'Este link não existe. Confira se o endereço está completo.',
    'link-used': 'Este link já foi usado. Se não foi por você, avise um administrador.',
    'link-revoked': 'Este link não vale mais: foi substituído por um mais novo ou cancelado.',
    'link-expired': 'Este link venceu. Peça um novo.',
    'email-taken': 'Outra conta já usa este e-mail.',
    'too-many-requests': 'Pedidos demais em pouco tempo. Espere alguns minutos.',
    unavailable: 'O serviço está fora do ar por um momento. Tente de novo.',
  },
  failed: 'Algo deu errado do nosso lado. Tente de novo mais tarde.',
};

const english: Texts = {
  language: 'en',
  forms: {
    invitation: {
      title: 'Set your password',
      intro: ({ organization, name }) => `Hello, ${name}! You are invited to the Rodízio of ${organization}.`,
      button: 'Set password',
      done: 'Done! Your password is set and your account is verified. You can sign in now.',
    },
    'password-reset': {
      title: 'Choose a new password',
      intro: ({ name }) => `Hello, ${name}! With the new password all of your sessions end.`,
      button: 'Change password',
      done: 'Done! Your password has changed. Sign in again with the new one.',
    },
    'email-change': {
      title: 'Confirm your new address',
      intro: ({ name }) => `Hello, ${name}! This becomes the e-mail address of your account:`,
      button: 'Confirm',
      done: 'Done! Your new address is confirmed. Use it to sign in.',
    },
  },
  ask: {
    title: 'Forgot your password?',
    intro: 'Tell us your e-mail address. If an account has it, we send a link to choose a new password.',
    button: 'Send link',
    done: 'If an account has this address, the link is on its way. It is good for an hour.',
  },
  email: 'E-mail',
  password: 'Password',
  again: 'The password again',
  hint: 'At least 8 characters.',
  different: 'The two passwords are not the same.',
  tooShort: 'The password must have at least 8 characters.',
  tooLong: 'The password must have at most 200 characters.',
  askAgain: 'Ask for a new link',
  notPossible: 'This link cannot be used',
  refusals: {
    'not-found': 'There is no such link. Make sure that the address is complete.',
    'link-used': 'This link was used already. If that was not you, tell an administrator.',
    'link-revoked': 'This link is no longer valid: it was replaced by a newer one, or withdrawn.',
    'link-expired': 'This link has expired. Ask for a new one.',
    'email-taken': 'Another account has this e-mail address.',
    'too-many-requests': 'Too many requests in a short time. Wait some minutes.',
    unavailable: 'The service is away for a moment. Try again.',
  },
  failed: 'Something went wrong on our side. Try again later.',
};

/** Portuguese unless the browser asks for English before it. */
export const textsFor = (accepts: (...languages: string[]) => string | false): Texts =>
  accepts('pt-BR', 'pt', 'en') === 'en' ? english : portuguese;
