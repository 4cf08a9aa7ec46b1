import { Migration } from '@mikro-orm/migrations';

export class Migration20261122161501_message_limit extends Migration {
  override name = 'Migration20261122161501_message_limit';

  override up(): void | Promise<void> {
    this.addSql(`alter table "organization" add "messages_per_month" int null;`);
    this.addSql(
      `create table "message_count" ("month" text not null, "part" int not null, "used" int not null, "quota" int not null, primary key ("month", "part"));`,
    );
    this.addSql(
      `create table "message_warning" ("month" text not null, "at" timestamptz(3) not null, primary key ("month"));`,
    );
    this.addSql(`create index "message_outbound" on "message" ("created_at") where kind <> 'contact';`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "message_count" cascade;`);
    this.addSql(`drop table if exists "message_warning" cascade;`);
    this.addSql(`drop index "message_outbound";`);
    this.addSql(`alter table "organization" drop column "messages_per_month";`);
  }
}
