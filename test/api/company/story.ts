import type { Caller } from '../../support/api.ts';
import { type Desk, done, untilShown, type Writer } from './desk.ts';

const dayMs = 86_400_000;

/** The first day of the story: the coming Friday, because sessions go by the real time and outlast the story from there. */
export const friday = ((): string => {
  const day = new Date(Date.now() + dayMs);
  while (day.getUTCDay() !== 5) day.setTime(day.getTime() + dayMs);
  return day.toISOString().slice(0, 10);
})();
export const dayAfter = (days: number): string =>
  new Date(Date.parse(friday) + days * dayMs).toISOString().slice(0, 10);
export const [saturday, sunday, monday] = [dayAfter(1), dayAfter(2), dayAfter(3)];

/** A moment in São Paulo, three hours behind UTC all the year. */
export const at = (day: string, time: string): Date => new Date(`${day}T${time}-03:00`);

export const hours = {
  timeZone: 'America/Sao_Paulo',
  weekly: [
    ...[1, 2, 3, 4, 5].map((day) => ({ day, from: '08:30', to: '17:00' })),
    { day: 6, from: '09:00', to: '12:00' },
  ],
  holidays: [],
};
export const autoReply = { enabled: true, text: 'Estamos fechados. Abrimos às 8h30.' };

export type SectorName = 'Recepção' | 'Comercial';
export const reception = {
  name: 'Recepção',
  color: '#0f766e',
  description: 'Recebe todas as mensagens e distribui.',
  directionMessage: 'Você está na recepção da Prado.',
  distribution: { mode: 'automatic' },
} as const;
export const sales = {
  name: 'Comercial',
  color: '#c2410c',
  description: 'Vendas e orçamentos.',
  directionMessage: 'Encaminhamos a conversa para o Comercial.',
  distribution: { mode: 'sequential', offerTimeoutSeconds: 4 },
} as const;

/** In the order of their creation, which is that of the rotation. */
export const staff = [
  { name: 'Sofia', email: 'sofia@prado.example', department: 'Recepção' },
  { name: 'Ana', email: 'ana@prado.example', department: 'Comercial' },
  { name: 'Bruno', email: 'bruno@prado.example', department: 'Comercial' },
  { name: 'Carla', email: 'carla@prado.example', department: 'Comercial' },
] as const;
export type Name = (typeof staff)[number]['name'];

/** What one part of the story leaves to the next: each goes on where the one before it ended. */
export interface Story {
  desk: Desk;
  admin: Caller;
  /** A contact who writes on the channel. */
  contact(name: string): Writer;
  readonly ids: Record<Name | 'Helena' | SectorName, string>;
  /** Ids by name. */
  readonly outcomes: Record<string, string>;
  /** Who has signed in. */
  readonly as: Record<Name, Caller>;
}

/** The story before its first sentence: the desk and the administrator come with `beforeAll`, the rest as it is told. */
export const newStory = (): Story => ({ ids: {}, outcomes: {}, as: {} }) as Story;

export const rotationOf = ({ admin, ids }: Story, sector: SectorName) =>
  done(admin.get(`/v1/sectors/${ids[sector]}/rotation`));
export const offeredTo = ({ admin, ids }: Story, id: string, name: Name) =>
  untilShown(admin, id, `it is offered to ${name}`, ({ offer }) => offer?.agentId === ids[name]);
export const ownedBy = ({ admin }: Story, id: string, name: Name) =>
  untilShown(admin, id, `${name} has it`, ({ owner }) => owner?.name === name);

/** One of the staff does something with a conversation. @throws Error with the problem, where it is refused */
export const command = ({ as }: Story, name: Name, id: string, what: string, body: object = {}) =>
  done(as[name].post(`/v1/conversations/${id}/${what}`, body));
