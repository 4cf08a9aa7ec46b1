import type { Platform } from '../../../src/database/unit.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
} from '../../support/builders.ts';

/** Two sectors between which rules move conversations. */
export interface TwoSectors {
  readonly reception: BuiltSector;
  readonly sales: BuiltSector;
  /** Leads to the reception. */
  readonly channel: BuiltChannel;
  /** The agent of the reception. */
  readonly ana: BuiltUser;
  /** The agent of the sales. */
  readonly bruno: BuiltUser;
}

export async function createTwoSectors(platform: Platform): Promise<TwoSectors> {
  const reception = await createSector(platform);
  const sales = await createSector(platform);
  const channel = await createChannel(platform, reception);
  const ana = await createUser(platform, { memberOf: [reception] });
  const bruno = await createUser(platform, { memberOf: [sales] });
  return { reception, sales, channel, ana, bruno };
}
