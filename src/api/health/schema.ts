import { z } from 'zod';

const part = z.enum(['up', 'down']);

export const liveSchema = z.object({ status: z.literal('up') }).meta({ id: 'Live' });
export const readySchema = z
  .object({
    process: z
      .enum(['up', 'stopping'])
      .meta({ description: '`stopping`: it answers still; send nobody new. Requests under way are answered.' }),
    database: part,
    schema: z.enum(['current', 'ahead', 'behind', 'unknown']).meta({
      description:
        '`ahead`: a newer version has migrated already, which is fine; `behind`: run the migration; `unknown`: the database is down.',
    }),
    temporal: part.meta({
      description: '`down`: people are served; offers and what else time brings wait until it is back.',
    }),
  })
  .meta({ id: 'Ready', description: 'The parts without which nothing works, or not everything, each for itself.' });
