import { Refusal } from '../../domain/errors.ts';

/** An archived sector takes no new conversations: nothing may be led there any more. */
export const sectorArchived = (): Refusal =>
  new Refusal('sector-archived', 'The sector is archived: it takes no new conversations.');
