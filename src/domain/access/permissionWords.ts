import type { Permission } from './permissions.ts';

/** What people read for a permission. */
export interface PermissionWords {
  readonly 'pt-BR': string;
  readonly en: string;
}

/** The label of every permission, in the languages of the product. */
export const permissionWords: Readonly<Record<Permission, PermissionWords>> = {
  'accept-conversations': { 'pt-BR': 'Aceitar atendimentos', en: 'Accept conversations' },
  'transfer-conversations': { 'pt-BR': 'Alterar o atendente (transferir)', en: 'Change the attendant (transfer)' },
  'return-conversations': { 'pt-BR': 'Devolver atendimentos à fila', en: 'Return conversations to the queue' },
  'close-conversations': { 'pt-BR': 'Encerrar atendimentos', en: 'Close conversations' },
  'define-filters': { 'pt-BR': 'Redefinir o filtro de atendimentos', en: 'Define saved filters' },
  'set-variables': { 'pt-BR': 'Definir variáveis', en: 'Set variables' },
  'update-tags': { 'pt-BR': 'Atualizar etiquetas', en: 'Update tags' },
  'create-contacts': { 'pt-BR': 'Criar contatos', en: 'Create contacts' },
  'update-contacts': { 'pt-BR': 'Atualizar contatos', en: 'Update contacts' },
  'add-to-portfolio': { 'pt-BR': 'Adicionar contatos a uma carteira', en: 'Add contacts to a portfolio' },
  'remove-from-own-portfolio': {
    'pt-BR': 'Remover contatos da própria carteira',
    en: 'Remove contacts from one’s own portfolio',
  },
  'use-reports': { 'pt-BR': 'Usar relatórios', en: 'Use reports' },
  'manage-organization': { 'pt-BR': 'Gerenciar a organização', en: 'Manage the organisation' },
  'manage-flows': { 'pt-BR': 'Gerenciar fluxos e canais', en: 'Manage flows and channels' },
  'manage-users': { 'pt-BR': 'Gerenciar usuários e grupos de usuários', en: 'Manage users and permission groups' },
  'show-ai-suggestions': { 'pt-BR': 'Mostrar sugestões de IA', en: 'Show AI suggestions' },
  'in-person-service': { 'pt-BR': 'Permitir atendimento presencial', en: 'Allow in-person service' },
  'take-out-dispatches': { 'pt-BR': 'Realizar acionamentos', en: 'Take out dispatches' },
  'view-dispatches': { 'pt-BR': 'Visualizar acionamentos', en: 'View dispatches' },
  'change-dispatch-responsible': {
    'pt-BR': 'Alterar o responsável por um acionamento',
    en: 'Change who is responsible for a dispatch',
  },
};
