import { Migration } from '@mikro-orm/migrations';

export class Migration20261122155501_api_keys extends Migration {
  override name = 'Migration20261122155501_api_keys';

  override up(): void | Promise<void> {
    // Who has no group is no person: processes of the version before join the group, and see no keys.
    this.addSql(`alter table "users" alter column "permission_group_id" drop not null;`);
    this.addSql(
      `create table "api_key" ("user_id" uuid not null, "prefix" text not null, "key_hash" text not null, "permissions" text[] not null, "sector_ids" uuid[] null, "created_by_id" uuid not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) null, "last_used_at" timestamptz(3) null, "revoked_at" timestamptz(3) null, primary key ("user_id"));`,
    );
    this.addSql(`alter table "api_key" add constraint "api_key_key_hash_unique" unique ("key_hash");`);
    this.addSql(
      `alter table "api_key" add constraint "api_key_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete restrict;`,
    );
    this.addSql(
      `alter table "api_key" add constraint "api_key_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on delete restrict;`,
    );

    this.addSql(
      `create trigger "audit_api_key" after insert or update or delete on "api_key" for each row execute function "audit_change"('api-key', 'user_id', '', 'user_id,created_by_id,created_at,last_used_at', 'key_hash', '');`,
    );
    // The user behind a key is told as the key.
    this.addSql(`drop trigger "audit_users" on "users";`);
    this.addSql(
      `create trigger "audit_users" after insert or update on "users" for each row when (new."permission_group_id" is not null) execute function "audit_change"('user', 'id', '', 'id,created_at,availability_reason,unavailable_since', 'password_hash', 'name');`,
    );
  }

  /** Keys are gone then, with what was noted under their names. */
  override down(): void | Promise<void> {
    this.addSql(`drop trigger "audit_users" on "users";`);
    this.addSql(
      `create trigger "audit_users" after insert or update or delete on "users" for each row execute function "audit_change"('user', 'id', '', 'id,created_at,availability_reason,unavailable_since', 'password_hash', 'name');`,
    );
    this.addSql(`drop table if exists "api_key" cascade;`);
    this.addSql(
      `update "users" set "permission_group_id" = (select "id" from "permission_group" where "role" = 'agent') where "permission_group_id" is null;`,
    );
    this.addSql(`alter table "users" alter column "permission_group_id" set not null;`);
  }
}
