import { Migration } from '@mikro-orm/migrations';

export class Migration20261122160334_traffic extends Migration {
  override name = 'Migration20261122160334_traffic';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "ticket_counter" ("channel_id" uuid not null, "day" text not null, "given" int not null, primary key ("channel_id", "day"));`,
    );

    this.addSql(
      `create index "event_time" on "event" using brin ("at") with (pages_per_range = 16, autosummarize = on);`,
    );

    this.addSql(`alter table "users" add "availability_until" timestamptz(3) null;`);
    this.addSql(
      `create index "users_absent_until" on "users" ("availability_until") where availability_until is not null;`,
    );

    this.addSql(`alter table "conversation" add "ticket" text null;`);
    this.addSql(`create index "conversation_ticket" on "conversation" ("ticket") where ticket is not null;`);
    this.addSql(
      `create index "conversation_board" on "conversation" ("channel_id", "waiting_since") where status = 'active' and ticket is not null;`,
    );

    this.addSql(
      `alter table "ticket_counter" add constraint "ticket_counter_channel_id_foreign" foreign key ("channel_id") references "channel" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "ticket_counter" cascade;`);

    this.addSql(`drop index "conversation_ticket";`);
    this.addSql(`drop index "conversation_board";`);
    this.addSql(`alter table "conversation" drop column "ticket";`);

    this.addSql(`drop index "event_time";`);

    this.addSql(`drop index "users_absent_until";`);
    this.addSql(`alter table "users" drop column "availability_until";`);
  }
}
