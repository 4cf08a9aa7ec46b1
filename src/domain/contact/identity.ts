import type { ChannelId } from '../ids.ts';

/** The one namespace of telephone numbers: a number is one person on every WhatsApp channel. */
export const phoneNamespace = 'phone';

/** Where an external id means something: telephone numbers everywhere, the visitors of other channels in their own. */
export const namespaceOf = (channel: { readonly id: ChannelId; readonly kind: string }): string =>
  channel.kind === 'whatsapp' ? phoneNamespace : channel.id;

/** The one namespace of documents (a CPF, say) of people who come in person: a document is one person at every desk. */
export const documentNamespace = 'document';

/** A document in one form: letters and digits only, in capitals. `null` for what has fewer than 3 or more than 40 of them. */
export function documentNumber(text: string): string | null {
  const bare = text.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase();
  return bare.length >= 3 && bare.length <= 40 ? bare : null;
}

/** Where contacts are whom the organisation has forgotten: no message ever finds them again. */
export const forgottenNamespace = 'forgotten';

/**
 * A telephone number as providers write it: `+`, country, area and number, digits only. Blanks, dots, dashes, slashes
 * and brackets are left out. `null` for what is no such number – a number without its country above all, because to
 * guess the country is to write to somebody else.
 */
export function phoneNumber(text: string): string | null {
  const bare = text.replaceAll(/[\s().\-/\u00A0]/g, '');
  return /^\+[1-9]\d{7,14}$/.test(bare) ? bare : null;
}

/** What would have been right, for whoever wrote another number. */
export const phoneForm = 'must be a telephone number with its country, such as +5511987654321';
