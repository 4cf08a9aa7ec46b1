import { Migration } from '@mikro-orm/migrations';

export class Migration20261122164001_saved_filters extends Migration {
  override name = 'Migration20261122164001_saved_filters';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "saved_filter" ("id" uuid not null, "owner_id" uuid not null, "name" text not null, "shared" boolean not null, "tag" text null, "sector_id" uuid null, "subject" text null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "saved_filter_owner_id_index" on "saved_filter" ("owner_id");`);
    this.addSql(`alter table "conversation" add "subject" text null;`);
    this.addSql(
      `alter table "saved_filter" add constraint "saved_filter_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(
      `create trigger "audit_saved_filter" after insert or update or delete on "saved_filter" for each row execute function "audit_change"('saved-filter', 'id', '', 'id,created_at', '', 'name');`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "saved_filter" cascade;`);
    this.addSql(`alter table "conversation" drop column "subject";`);
  }
}
