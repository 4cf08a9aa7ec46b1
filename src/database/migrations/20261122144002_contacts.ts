import { Migration } from '@mikro-orm/migrations';

export class Migration20261122144002_contacts extends Migration {
  override name = 'Migration20261122144002_contacts';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "custom_field" ("id" uuid not null, "subject" text not null, "key" text not null, "label" text not null, "type" text not null, "options" text[] not null, "created_at" timestamptz(3) not null, "archived_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "custom_field" add constraint "custom_field_key_unique" unique ("subject", "key");`);

    this.addSql(
      `create table "tag" ("id" uuid not null, "name" text not null, "color" text not null, "created_at" timestamptz(3) not null, "archived_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create unique index "tag_name_unique" on "tag" (lower("name"));`);
    // What conversations carry already becomes the list, in the spelling that comes first.
    this.addSql(
      `insert into "tag" ("id", "name", "color", "created_at") select distinct on (lower(t)) gen_random_uuid(), t, '#64748b', clock_timestamp() from "conversation", unnest("tags") t order by lower(t), t;`,
    );

    this.addSql(
      `create table "contact_note" ("id" uuid not null, "contact_id" uuid not null, "author_id" uuid not null, "text" text not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "contact_note_newest" on "contact_note" ("contact_id", "created_at", "id");`);

    this.addSql(`alter table "sector" add "portfolio_assigns" boolean not null default false;`);

    this.addSql(
      `alter table "contact" add "name_given" boolean not null default false, add "email" text null, add "origin" text null, add "source" text not null default 'channel', add "tags" text[] not null default '{}', add "custom_fields" jsonb not null default '{}', add "owner_id" uuid null, add "owner_since" timestamptz(3) null, add "created_by_id" uuid null, add "updated_at" timestamptz(3) null;`,
    );
    this.addSql(
      `alter table "contact" add constraint "contact_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "contact" add constraint "contact_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(`create index "contact_newest" on "contact" ("created_at", "id");`);
    this.addSql(`create index "contact_owner" on "contact" ("owner_id", "id") where owner_id is not null;`);
    this.addSql(
      `create index "contact_creator" on "contact" ("created_by_id") where created_by_id is not null and owner_id is null;`,
    );

    this.addSql(`create index "conversation_sector" on "conversation" ("sector_id", "contact_id");`);

    this.addSql(
      `alter table "contact_note" add constraint "contact_note_contact_id_foreign" foreign key ("contact_id") references "contact" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "contact_note" add constraint "contact_note_author_id_foreign" foreign key ("author_id") references "users" ("id") on delete restrict;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "custom_field" cascade;`);
    this.addSql(`drop table if exists "tag" cascade;`);
    this.addSql(`drop table if exists "contact_note" cascade;`);

    this.addSql(`alter table "contact" drop constraint "contact_owner_id_foreign";`);
    this.addSql(`alter table "contact" drop constraint "contact_created_by_id_foreign";`);

    this.addSql(`drop index "contact_newest";`);
    this.addSql(`drop index "contact_owner";`);
    this.addSql(`drop index "contact_creator";`);
    this.addSql(
      `alter table "contact" drop column "name_given", drop column "email", drop column "origin", drop column "source", drop column "tags", drop column "custom_fields", drop column "owner_id", drop column "owner_since", drop column "created_by_id", drop column "updated_at";`,
    );

    this.addSql(`drop index "conversation_sector";`);

    this.addSql(`alter table "sector" drop column "portfolio_assigns";`);
  }
}
