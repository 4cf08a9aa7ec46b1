import { Migration } from '@mikro-orm/migrations';

export class Migration20261122154600_groups extends Migration {
  override name = 'Migration20261122154600_groups';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "client_group" ("id" uuid not null, "name" text not null, "created_at" timestamptz(3) not null, "deleted_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `create unique index "client_group_name_unique" on "client_group" (lower("name")) where "deleted_at" is null;`,
    );

    this.addSql(
      `create table "client" ("id" uuid not null, "name" text not null, "reference" text null, "group_id" uuid null, "created_at" timestamptz(3) not null, "archived_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "client_group_id_index" on "client" ("group_id");`);
    this.addSql(`create unique index "client_name_unique" on "client" (lower("name"));`);

    this.addSql(
      `create table "dispatch" ("id" uuid not null, "conversation_id" uuid not null, "client_id" uuid not null, "description" text not null, "state" text not null, "responsible_id" uuid not null, "group_id" uuid not null, "created_by_id" uuid not null, "deadline" timestamptz(3) null, "remind_at" timestamptz(3) null, "reminded_at" timestamptz(3) null, "overdue_at" timestamptz(3) null, "created_at" timestamptz(3) not null, "ended_at" timestamptz(3) null, "version" int not null, "seen_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "dispatch_conversation_id_index" on "dispatch" ("conversation_id");`);
    this.addSql(`create index "dispatch_newest" on "dispatch" ("created_at", "id");`);
    this.addSql(`create index "dispatch_responsible" on "dispatch" ("responsible_id", "created_at", "id");`);
    this.addSql(`create index "dispatch_group" on "dispatch" ("group_id", "created_at", "id");`);
    this.addSql(`create index "dispatch_client" on "dispatch" ("client_id", "created_at", "id");`);
    this.addSql(`create index "dispatch_running" on "dispatch" ("seen_at") where state in ('open', 'in-progress');`);

    this.addSql(
      `create table "client_group_member" ("group_id" uuid not null, "user_id" uuid not null, "functions" text[] not null, primary key ("group_id", "user_id"));`,
    );
    this.addSql(`create index "client_group_member_user_id_index" on "client_group_member" ("user_id");`);

    this.addSql(
      `create index "event_dispatch" on "event" (("data"->>'dispatchId'), "ordinal") where "type" like 'dispatch.%';`,
    );

    this.addSql(
      `alter table "organization" add "client_groups" boolean not null default false, add "group_tie" text not null default 'none';`,
    );

    this.addSql(`alter table "contact" add "client_id" uuid null;`);
    this.addSql(
      `alter table "contact" add constraint "contact_client_id_foreign" foreign key ("client_id") references "client" ("id") on delete restrict;`,
    );
    this.addSql(
      `create index "contact_client" on "contact" ("client_id", "created_at", "id") where client_id is not null;`,
    );

    this.addSql(`alter table "conversation" add "group_id" uuid null;`);
    this.addSql(
      `alter table "conversation" add constraint "conversation_group_id_foreign" foreign key ("group_id") references "client_group" ("id") on delete restrict;`,
    );
    // There were no client accounts before: what stands there names nothing.
    this.addSql(`update "conversation" set "client_id" = null where "client_id" is not null;`);
    this.addSql(
      `alter table "conversation" add constraint "conversation_client_id_foreign" foreign key ("client_id") references "client" ("id") on delete restrict;`,
    );
    this.addSql(
      `create index "conversation_client" on "conversation" ("client_id", "created_at", "id") where client_id is not null;`,
    );
    this.addSql(
      `create index "conversation_group" on "conversation" ("group_id") where group_id is not null and status = 'active';`,
    );

    this.addSql(
      `alter table "client" add constraint "client_group_id_foreign" foreign key ("group_id") references "client_group" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "dispatch" add constraint "dispatch_conversation_id_foreign" foreign key ("conversation_id") references "conversation" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "dispatch" add constraint "dispatch_client_id_foreign" foreign key ("client_id") references "client" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "dispatch" add constraint "dispatch_responsible_id_foreign" foreign key ("responsible_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "dispatch" add constraint "dispatch_group_id_foreign" foreign key ("group_id") references "client_group" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "dispatch" add constraint "dispatch_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "client_group_member" add constraint "client_group_member_group_id_foreign" foreign key ("group_id") references "client_group" ("id") on update cascade on delete restrict;`,
    );
    this.addSql(
      `alter table "client_group_member" add constraint "client_group_member_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete restrict;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "client" drop constraint "client_group_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_group_id_foreign";`);
    this.addSql(`alter table "dispatch" drop constraint "dispatch_group_id_foreign";`);
    this.addSql(`alter table "client_group_member" drop constraint "client_group_member_group_id_foreign";`);
    this.addSql(`alter table "contact" drop constraint "contact_client_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_client_id_foreign";`);
    this.addSql(`alter table "dispatch" drop constraint "dispatch_client_id_foreign";`);

    this.addSql(`drop table if exists "client_group" cascade;`);
    this.addSql(`drop table if exists "client" cascade;`);
    this.addSql(`drop table if exists "dispatch" cascade;`);
    this.addSql(`drop table if exists "client_group_member" cascade;`);

    this.addSql(`drop index "contact_client";`);
    this.addSql(`alter table "contact" drop column "client_id";`);

    this.addSql(`drop index "conversation_client";`);
    this.addSql(`drop index "conversation_group";`);
    this.addSql(`alter table "conversation" drop column "group_id";`);

    this.addSql(`drop index "event_dispatch";`);

    this.addSql(`alter table "organization" drop column "client_groups", drop column "group_tie";`);
  }
}
