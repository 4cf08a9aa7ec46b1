import { Migration } from '@mikro-orm/migrations';

/**
 * Writes down the change of a row. Its arguments: the kind, the column of the object, that of the other side (or
 * nothing), the columns that are not told (with a `=` in front: the only ones that are), those that hold a secret, and
 * the one that holds the name (or nothing).
 */
const auditChange = `create function "audit_change"() returns trigger language plpgsql as $audit$
declare
  old_row jsonb := case when tg_op = 'INSERT' then '{}'::jsonb else to_jsonb(old) end;
  new_row jsonb := case when tg_op = 'DELETE' then '{}'::jsonb else to_jsonb(new) end;
  either jsonb := old_row || new_row;
  listed text[] := string_to_array(ltrim(tg_argv[3], '='), ',');
  secrets text[] := string_to_array(tg_argv[4], ',');
  told text[];
begin
  select array_agg(key order by key) into told from jsonb_object_keys(either) as key
   where (key = any(listed)) = (tg_argv[3] like '=%')
     and nullif(old_row -> key, 'null') is distinct from nullif(new_row -> key, 'null');
  if told is null then return null; end if;
  insert into "audit" ("at", "actor_id", "request_id", "kind", "object_id", "related_id", "object_name", "before", "after")
  select date_trunc('milliseconds', clock_timestamp()),
         nullif(current_setting('rodizio.actor', true), '')::uuid,
         nullif(current_setting('rodizio.request', true), ''),
         tg_argv[0],
         (either ->> tg_argv[1])::uuid,
         (either ->> nullif(tg_argv[2], ''))::uuid,
         either ->> nullif(tg_argv[5], ''),
         case when tg_op <> 'INSERT' then jsonb_object_agg(key,
           case when key = any(secrets) and old_row -> key <> 'null' then '"[secret]"' else old_row -> key end) end,
         case when tg_op <> 'DELETE' then jsonb_object_agg(key,
           case when key = any(secrets) and new_row -> key <> 'null' then '"[secret]"' else new_row -> key end) end
    from unnest(told) as key;
  return null;
end $audit$;`;

const auditStays = `create function "audit_stays"() returns trigger language plpgsql as $audit$
begin
  raise exception 'The audit is added to and never changed.';
end $audit$;`;

/** By table: the arguments of `audit_change`. */
const audited: Readonly<Record<string, readonly [kind: string, object: string, ...rest: string[]]>> = {
  organization: ['organization', 'id', '', 'id,created_at', '', 'name'],
  sector: ['sector', 'id', '', 'id,slug,created_at,announced_open', '', 'name'],
  sector_member: ['membership', 'sector_id', 'user_id', '', '', ''],
  outcome: ['outcome', 'id', 'sector_id', 'id,created_at', '', 'name'],
  users: ['user', 'id', '', 'id,created_at,availability_reason,unavailable_since', 'password_hash', 'name'],
  permission_group: ['permission-group', 'id', '', 'id', '', 'name'],
  channel: ['channel', 'id', '', 'id,slug,created_at', '', 'name'],
  channel_key: ['channel-key', 'id', 'channel_id', 'id,created_at', 'key_hash', 'prefix'],
  automation_rule: ['automation-rule', 'id', '', 'id,created_at,last_error,last_error_at', 'webhook_secret', 'name'],
  tag: ['tag', 'id', '', 'id,created_at', '', 'name'],
  custom_field: ['custom-field', 'id', '', 'id,created_at', '', 'label'],
};

const call = (args: readonly string[]): string =>
  `for each row execute function "audit_change"(${args.map((arg) => `'${arg}'`).join(', ')})`;

export class Migration20261122154801_audit extends Migration {
  override name = 'Migration20261122154801_audit';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "audit" ("id" bigserial primary key, "at" timestamptz(3) not null, "actor_id" uuid null, "request_id" text null, "kind" text not null, "object_id" uuid not null, "related_id" uuid null, "object_name" text null, "before" jsonb null, "after" jsonb null);`,
    );
    this.addSql(`create index "audit_at_id_index" on "audit" ("at", "id");`);
    this.addSql(`create index "audit_actor_id_at_index" on "audit" ("actor_id", "at");`);
    this.addSql(`create index "audit_object_id_at_index" on "audit" ("object_id", "at");`);
    this.addSql(`create index "audit_related_id_at_index" on "audit" ("related_id", "at");`);

    this.addSql(auditChange);
    this.addSql(auditStays);
    this.addSql(
      `create trigger "audit_stays" before update or delete or truncate on "audit" for each statement execute function "audit_stays"();`,
    );
    for (const [table, args] of Object.entries(audited)) {
      this.addSql(`create trigger "audit_${table}" after insert or update or delete on "${table}" ${call(args)};`);
    }
    // Of links only that somebody was invited, or is to have another address; of contacts only whose portfolio they are in.
    this.addSql(
      `create trigger "audit_account_link" after insert or update on "account_link" for each row when (new."purpose" <> 'password-reset') execute function "audit_change"('account-link', 'user_id', '', '=purpose,email,wanted_by_id,revoked_at', '', '');`,
    );
    this.addSql(
      `create trigger "audit_contact_begun" after insert on "contact" for each row when (new."owner_id" is not null) execute function "audit_change"('portfolio', 'id', '', '=owner_id', '', '');`,
    );
    this.addSql(
      `create trigger "audit_contact" after update of "owner_id" on "contact" ${call(['portfolio', 'id', '', '=owner_id', '', ''])};`,
    );
  }

  override down(): void | Promise<void> {
    for (const table of [...Object.keys(audited), 'account_link', 'contact']) {
      this.addSql(`drop trigger "audit_${table}" on "${table}";`);
    }
    this.addSql(`drop trigger "audit_contact_begun" on "contact";`);
    this.addSql(`drop table if exists "audit" cascade;`);
    this.addSql(`drop function "audit_stays"();`);
    this.addSql(`drop function "audit_change"();`);
  }
}
