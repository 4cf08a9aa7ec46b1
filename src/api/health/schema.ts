import { z } from 'zod';

const part = z.enum(['up', 'down']);

export const liveSchema = z.object({ status: z.literal('up') }).meta({ id: 'Live' });
export const readySchema = z
  .object({ database: part, temporal: part })
  .meta({ id: 'Ready', description: 'The parts without which nothing works, or not everything.' });
