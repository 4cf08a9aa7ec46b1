/** The demo company (product, section C): a receptionist in front of a sales department. Plain data. */

export const organizationName = 'Prado Suprimentos e Impressão';

export const administrator = { email: 'admin@demo.example', name: 'Helena Prado', department: 'Administração' };

/** In the order of their creation, which is that of the rotation. */
export const people = [
  {
    email: 'secretaria@demo.example',
    name: 'Sofia Ramos',
    department: 'Recepção',
    sector: 'Recepção',
    work: 'secretary',
  },
  { email: 'ana@demo.example', name: 'Ana Souza', department: 'Comercial', sector: 'Comercial', work: 'salesperson' },
  {
    email: 'bruno@demo.example',
    name: 'Bruno Lima',
    department: 'Comercial',
    sector: 'Comercial',
    work: 'salesperson',
  },
  {
    email: 'carla@demo.example',
    name: 'Carla Mendes',
    department: 'Comercial',
    sector: 'Comercial',
    work: 'salesperson',
  },
] as const;

export const sectors = [
  {
    name: 'Recepção',
    color: '#0f766e',
    description: 'Recebe todas as mensagens e distribui para o Comercial.',
    directionMessage: 'Olá! Você está falando com a recepção da Prado Suprimentos e Impressão. Já vamos atender você.',
    mode: 'automatic',
    outcomes: ['Resolvido', 'Informação', 'Engano'],
  },
  {
    name: 'Comercial',
    color: '#c2410c',
    description: 'Vendas, orçamentos e pedidos.',
    directionMessage: 'Encaminhamos a sua conversa para o Comercial. Em instantes alguém da equipe responde.',
    mode: 'sequential',
    outcomes: ['Venda realizada', 'Orçamento enviado', 'Resolvido', 'Sem interesse', 'Engano'],
  },
] as const;

export const firstSector = 'Recepção';

export const channel = { name: 'WhatsApp da loja', kind: 'whatsapp' } as const;

export const rule = {
  name: 'Tudo começa na recepção',
  description: 'Toda conversa nova vai primeiro para a recepção.',
  event: 'conversation.created',
  conditions: [{ kind: 'status', status: 'active' }],
} as const;

export const autoReply = {
  enabled: true,
  text:
    'Olá! Recebemos a sua mensagem, mas no momento estamos fechados. Atendemos de segunda a sexta, das 8h30 às 17h, ' +
    'e aos sábados, das 9h às 12h. Assim que abrirmos, respondemos por aqui.',
};

const holiday = (date: string, name: string) => ({ date, name, intervals: [] });

/** The national holidays that return on the same date every year. */
const holidaysOf = (year: number) => [
  holiday(`${year}-01-01`, 'Confraternização Universal'),
  holiday(`${year}-04-21`, 'Tiradentes'),
  holiday(`${year}-05-01`, 'Dia Mundial do Trabalho'),
  holiday(`${year}-09-07`, 'Independência do Brasil'),
  holiday(`${year}-10-12`, 'Nossa Senhora Aparecida'),
  holiday(`${year}-11-02`, 'Finados'),
  holiday(`${year}-11-15`, 'Proclamação da República'),
  holiday(`${year}-11-20`, 'Dia Nacional de Zumbi e da Consciência Negra'),
  holiday(`${year}-12-25`, 'Natal'),
];

export const hours = {
  timeZone: 'America/Sao_Paulo',
  weekly: [
    ...[1, 2, 3, 4, 5].map((day) => ({ day, from: '08:30', to: '17:00' })),
    { day: 6, from: '09:00', to: '12:00' },
  ],
  holidays: [
    ...holidaysOf(2026),
    holiday('2026-04-03', 'Paixão de Cristo'),
    ...holidaysOf(2027),
    holiday('2027-03-26', 'Paixão de Cristo'),
  ].toSorted((a, b) => a.date.localeCompare(b.date)),
};
