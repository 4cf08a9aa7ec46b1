import { Migration } from '@mikro-orm/migrations';

export class Migration20261122144004_automation extends Migration {
  override name = 'Migration20261122144004_automation';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "live_connection" ("id" uuid not null, "user_id" uuid not null, "seen_at" timestamptz(3) not null, "ended_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "live_connection_user_id_seen_at_index" on "live_connection" ("user_id", "seen_at");`);

    this.addSql(
      `create table "webhook_call" ("id" uuid not null, "rule_id" uuid not null, "conversation_id" uuid not null, "url" text not null, "secret" text null, "body" text not null, "state" text not null, "attempts" int not null, "last_error" text null, "created_at" timestamptz(3) not null, "ended_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "webhook_call_pending" on "webhook_call" ("created_at") where state = 'pending';`);
    this.addSql(`create index "webhook_call_ended" on "webhook_call" ("ended_at") where ended_at is not null;`);

    this.addSql(
      `alter table "automation_rule" add "waiting_seconds" int null, add "match" text not null default 'all', add "even_if_owned" boolean not null default false, add "webhook_secret" text null, add "last_error" text null, add "last_error_at" timestamptz(3) null;`,
    );
    this.addSql(
      `create index "automation_rule_event" on "automation_rule" ("event", "position", "id") where "active";`,
    );

    this.addSql(
      `alter table "sector" add "response_timeout_ms" int null, add "response_action" text not null default 'tell-supervisor', add "absence_grace_ms" int null, add "position" int not null default 0, add "archived_at" timestamptz(3) null;`,
    );

    this.addSql(`alter table "users" add "unavailable_since" timestamptz(3) null;`);

    this.addSql(
      `alter table "conversation" add "client_id" uuid null, add "unowned_since" timestamptz(3) null, add "waiting_rules_run" uuid[] not null default '{}', add "unanswered_since" timestamptz(3) null, add "overdue_told_at" timestamptz(3) null;`,
    );

    // What runs is carried over: since when nobody owns a conversation, the order of sectors, secrets to sign with.
    this.addSql(
      `update "conversation" set "unowned_since" = "state_since" where "status" = 'active' and "owner_id" is null;`,
    );
    this.addSql(
      `update "sector" s set "position" = o.place from (select id, row_number() over (order by created_at, id) as place from "sector") o where o.id = s.id;`,
    );
    this.addSql(`update "users" set "unavailable_since" = now() where not "available";`);
    this.addSql(
      `update "automation_rule" set "webhook_secret" = 'rzw_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');`,
    );

    this.addSql(
      `alter table "live_connection" add constraint "live_connection_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "live_connection" cascade;`);
    this.addSql(`drop table if exists "webhook_call" cascade;`);

    this.addSql(`drop index "automation_rule_event";`);
    this.addSql(
      `alter table "automation_rule" drop column "waiting_seconds", drop column "match", drop column "even_if_owned", drop column "webhook_secret", drop column "last_error", drop column "last_error_at";`,
    );

    this.addSql(
      `alter table "conversation" drop column "client_id", drop column "unowned_since", drop column "waiting_rules_run", drop column "unanswered_since", drop column "overdue_told_at";`,
    );

    this.addSql(
      `alter table "sector" drop column "response_timeout_ms", drop column "response_action", drop column "absence_grace_ms", drop column "position", drop column "archived_at";`,
    );

    this.addSql(`alter table "users" drop column "unavailable_since";`);
  }
}
