import { z } from 'zod';
import { clientGroupId } from '../../domain/ids.ts';

/** R30: the client group by which a decision was narrowed. */
export const consideredGroupSchema = z
  .object({
    id: clientGroupId,
    widened: z
      .boolean()
      .meta({ description: 'Nobody of the group could have it, so the whole sector was considered.' }),
  })
  .meta({ id: 'ConsideredGroup' });
