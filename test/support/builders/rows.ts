import type { InferEntity } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import { type Db, dbOf } from '../../../src/database/db.ts';
import type { Platform } from '../../../src/database/unit.ts';

export type Row<E> = InferEntity<E>;

/** Queries of a test, outside of any transaction. */
export const queries = (platform: Platform): Db => dbOf(platform.orm.em.fork());

export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;

// Users are created one after the other, so that each comes after the one before in the rotation (R1).
let lastCreatedAt = 0;
export const laterThanTheLast = (): Date =>
  new Date((lastCreatedAt = Math.max(Date.now() - 3_600_000, lastCreatedAt + 1)));
