import type { MikroORM } from '@mikro-orm/postgresql';
import type { UserId } from '../../domain/ids.ts';
import { dbOf } from '../../database/db.ts';
import { loadPersons, type Person } from '../../database/repositories/principals.ts';

/** Reads people with the rights of now; those asked for in the same moment are read in one statement. */
export function createPersonLoader(orm: MikroORM): (id: UserId) => Promise<Person | null> {
  let gathering: { readonly ids: Set<UserId>; readonly found: Promise<Map<UserId, Person>> } | undefined;

  const gather = () => {
    const ids = new Set<UserId>();
    const found = Promise.resolve().then(async () => {
      // Whoever asks from here on needs a later answer.
      gathering = undefined;
      const persons = await loadPersons(dbOf(orm.em.fork()), [...ids]);
      return new Map(persons.map((person) => [person.userId, person]));
    });
    return { ids, found };
  };

  return async (id) => {
    const { ids, found } = (gathering ??= gather());
    ids.add(id);
    return (await found).get(id) ?? null;
  };
}
