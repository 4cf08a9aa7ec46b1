import { sql } from 'kysely';
import { abilityOf } from '../../../domain/access/ability.ts';
import { changedFields, type FieldDefinition, sameFields } from '../../../domain/contact/customFields.ts';
import { type ImportedContact, readImportRow, type WrongCell } from '../../../domain/contact/importRow.ts';
import { phoneForm, phoneNamespace } from '../../../domain/contact/identity.ts';
import type { JobStanding } from '../../../domain/conversation/standing.ts';
import { type Mistake, Refusal } from '../../../domain/errors.ts';
import { type ContactId, newId } from '../../../domain/ids.ts';
import type { JobDetails, RowOutcome } from '../../entities/jobs.ts';
import { loadPerson } from '../../repositories/principals.ts';
import type { Unit } from '../../unit.ts';
import { visibleContacts } from '../../visible.ts';
import { type JobRow, noteProgress } from '../jobs/jobs.ts';
import { fieldsOf } from '../settings/customFields.ts';
import { spelledTags, usableTags } from '../settings/tags.ts';

type Import = Extract<JobDetails, { kind: 'contact-import' }>;

const pageSize = 500;

interface PendingRow {
  readonly number: number;
  readonly cells: readonly string[];
  readonly identity: string | null;
}

/** A contact as it is, or as a row of this page leaves it. */
interface Known {
  readonly id: ContactId;
  readonly visible: boolean;
  readonly name: string | null;
  readonly email: string | null;
  readonly origin: string | null;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

/** What became of a row. */
interface Result {
  readonly number: number;
  readonly outcome: RowOutcome;
  readonly contactId: ContactId | null;
  readonly wrong: readonly WrongCell[] | null;
}

/**
 * Imports the next rows of a file, with the rights that whoever sent it has now: new contacts, changes of those whom
 * they see, and for every other row a refusal with what would be right. A refused row changes nothing.
 */
export async function importPage(unit: Unit, job: JobRow, { namespace, columns }: Import): Promise<JobStanding> {
  const rows = await pendingRows(unit, job);
  if (rows.length === 0) return noteProgress(unit, job, { done: job.done, state: 'done' });
  const person = await loadPerson(unit.db, job.createdById);
  const ability = person && abilityOf(person, { selfAvailability: person.selfAvailability });
  if (!person?.active || !ability?.can('import', 'Contact'))
    return noteProgress(unit, job, { done: job.done, state: 'stopped', because: 'no-permission' });

  const identities = rows.flatMap(({ identity }) => identity ?? []);
  const known = await knownContacts(unit, namespace, identities, visibleContacts(ability, person));
  const page = new Page(
    known,
    await earlierRows(unit, job, identities),
    await fieldsOf(unit.db, 'contact'),
    await spelledTags(unit.db, [...new Set(rows.flatMap((row) => tagsOf(columns, row.cells)))]),
  );
  const wrongIdentity = namespace === phoneNamespace ? phoneForm : 'must have 1 to 200 characters';
  const results = rows.map((row) => page.take(row, readImportRow(columns, row.cells), wrongIdentity));
  const taken = await page.write(unit, namespace, person.userId);
  // Somebody created the contact in this very moment: the row comes again, as a change.
  const settled = results.filter(({ outcome, contactId }) => outcome !== 'imported' || taken.has(contactId));
  await writeResults(unit, job, settled);
  return noteProgress(unit, job, { done: job.done + settled.length, state: 'running' });
}

const tagsOf = (columns: Import['columns'], cells: readonly string[]): readonly string[] => {
  const read = readImportRow(columns, cells);
  return 'contact' in read ? read.contact.tags : [];
};

const pendingRows = async (unit: Unit, job: JobRow): Promise<readonly PendingRow[]> =>
  (
    await sql<PendingRow>`
    select number, cells, identity from contact_import_row
     where job_id = ${job.id} and outcome = 'pending' order by number limit ${pageSize}`.execute(unit.db)
  ).rows;

/** The contacts of these identities, held in one order. */
async function knownContacts(
  unit: Unit,
  namespace: string,
  identities: readonly string[],
  visible: ReturnType<typeof visibleContacts>,
): Promise<Map<string, Known>> {
  const { rows } = await sql<Known & { identity: string }>`
    select k.id, k.external_id as identity, k.name, k.email, k.origin, k.tags, k.custom_fields as fields, ${visible} as visible
      from contact k where k.namespace = ${namespace} and k.external_id = any(${identities}::text[])
     order by k.id for no key update of k`.execute(unit.db);
  return new Map(rows.map((row) => [row.identity, row]));
}

/** In which earlier row of the file somebody stood already. */
async function earlierRows(unit: Unit, job: JobRow, identities: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ identity: string; number: number }>`
    select identity, min(number) as number from contact_import_row
     where job_id = ${job.id} and identity = any(${identities}::text[]) and outcome in ('imported', 'updated')
     group by identity`.execute(unit.db);
  return new Map(rows.map(({ identity, number }) => [identity, number]));
}

/** The rows of one page, judged one after the other and written together. */
class Page {
  readonly #known: ReadonlyMap<string, Known>;
  readonly #earlier: Map<string, number>;
  readonly #fields: readonly FieldDefinition[];
  readonly #tags: Awaited<ReturnType<typeof spelledTags>>;
  readonly #created: (Known & { readonly identity: string })[] = [];
  readonly #changed: Known[] = [];

  constructor(
    known: ReadonlyMap<string, Known>,
    earlier: Map<string, number>,
    fields: readonly FieldDefinition[],
    tags: Awaited<ReturnType<typeof spelledTags>>,
  ) {
    this.#known = known;
    this.#earlier = earlier;
    this.#fields = fields;
    this.#tags = tags;
  }

  take(row: PendingRow, read: ReturnType<typeof readImportRow>, wrongIdentity: string): Result {
    const { number, identity } = row;
    const refused = (wrong: readonly WrongCell[]): Result => ({ number, outcome: 'refused', contactId: null, wrong });
    const noIdentity: WrongCell[] = identity === null ? [{ column: 'externalId', reason: wrongIdentity }] : [];
    if ('wrong' in read) return refused([...(read.wrong[0]?.column === '' ? [] : noIdentity), ...read.wrong]);
    if (identity === null) return refused(noIdentity);
    const before = this.#known.get(identity);
    const earlier = this.#earlier.get(identity);
    if (earlier !== undefined)
      return refused([{ column: 'externalId', reason: `row ${earlier} is about the same contact; say it in one row` }]);
    if (before && !before.visible)
      return refused([{ column: 'externalId', reason: 'there is a contact with this identity whom you do not see' }]);
    const after = this.#after(before, read.contact);
    if ('wrong' in after) return refused(after.wrong);
    this.#earlier.set(identity, number);
    if (before) this.#changed.push(after.contact);
    else this.#created.push({ ...after.contact, identity });
    return { number, outcome: before ? 'updated' : 'imported', contactId: after.contact.id, wrong: null };
  }

  /** Empty cells change nothing; tags come on top of those that are there. */
  #after(before: Known | undefined, row: ImportedContact): { contact: Known } | { wrong: WrongCell[] } {
    const archived = row.tags.filter((tag) => {
      const listed = this.#tags.get(tag.toLowerCase());
      return listed?.archived === true && !before?.tags.includes(listed.name);
    });
    if (archived.length > 0)
      return { wrong: [{ column: 'tags', reason: `archived, and put on nothing more: ${archived.join(', ')}` }] };
    let fields: Record<string, string>;
    try {
      fields = changedFields(this.#fields, before?.fields ?? {}, row.fields, 'field');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const mistakes = error.details['errors'] as readonly Mistake[];
      return { wrong: mistakes.map(({ path, reason }) => ({ column: path.replace('field.', 'field:'), reason })) };
    }
    const spelled = row.tags.map((tag) => this.#tags.get(tag.toLowerCase())?.name ?? tag);
    const contact: Known = {
      id: before?.id ?? newId<ContactId>(),
      visible: true,
      name: row.name ?? before?.name ?? null,
      email: row.email ?? before?.email ?? null,
      origin: row.origin ?? before?.origin ?? null,
      tags: [...new Set([...(before?.tags ?? []), ...spelled])],
      fields,
    };
    return { contact };
  }

  /** @returns the contacts that were created */
  async write(unit: Unit, namespace: string, createdById: string): Promise<ReadonlySet<ContactId | null>> {
    const now = await unit.now();
    const listed = new Set([...this.#tags.values()].map(({ name }) => name));
    const news = [...this.#created, ...this.#changed].flatMap(({ tags }) => tags).filter((tag) => !listed.has(tag));
    await usableTags(unit, [], news);
    const byId = new Map([...this.#known.values()].map((one) => [one.id, one]));
    const changed = this.#changed.filter((after) => {
      const before = byId.get(after.id);
      return !before || !sameContact(before, after);
    });
    await sql`
      update contact k set name = v.name, name_given = k.name_given or v.name is distinct from k.name, email = v.email,
             origin = v.origin, tags = v.tags, custom_fields = v.fields, updated_at = ${now}
        from ${records(changed)} as v (id uuid, name text, email text, origin text, tags text[], fields jsonb)
       where k.id = v.id`.execute(unit.db);
    const { rows } = await sql<{ id: ContactId }>`
      insert into contact (id, namespace, external_id, name, name_given, email, origin, source, tags, custom_fields, created_by_id, created_at)
      select v.id, ${namespace}, v.identity, v.name, v.name is not null, v.email, v.origin, 'import', v.tags, v.fields, ${createdById}, ${now}
        from ${records(this.#created)} as v (id uuid, identity text, name text, email text, origin text, tags text[], fields jsonb)
       order by v.identity
      on conflict (namespace, external_id) do nothing returning id`.execute(unit.db);
    return new Set(rows.map(({ id }) => id));
  }
}

const sameContact = (a: Known, b: Known): boolean =>
  a.name === b.name &&
  a.email === b.email &&
  a.origin === b.origin &&
  a.tags.join('\n') === b.tags.join('\n') &&
  sameFields(a.fields, b.fields);

const records = (rows: readonly object[]) => sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)`;

/** What was imported is kept with the contact alone; what was refused, until somebody has mended it. */
async function writeResults(unit: Unit, job: JobRow, results: readonly Result[]): Promise<void> {
  await sql`
    update contact_import_row r
       set outcome = v.outcome, contact_id = v."contactId", wrong = v.wrong,
           cells = case when v.outcome = 'refused' then r.cells end
      from ${records(results)} as v (number int, outcome text, "contactId" uuid, wrong jsonb)
     where r.job_id = ${job.id} and r.number = v.number`.execute(unit.db);
}
