import { Migration } from '@mikro-orm/migrations';

export class Migration20261122144003_mail extends Migration {
  override name = 'Migration20261122144003_mail';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "account_link" ("id" uuid not null, "user_id" uuid not null, "purpose" text not null, "email" text not null, "wanted_by_id" uuid null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) null, "used_at" timestamptz(3) null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "account_link_user_id_index" on "account_link" ("user_id");`);

    this.addSql(
      `create table "mail" ("id" uuid not null, "kind" text not null, "user_id" uuid null, "link_id" uuid null, "recipient" text not null, "state" text not null, "reason" text null, "attempts" int not null, "created_at" timestamptz(3) not null, "sent_at" timestamptz(3) null, "seen_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "mail_user_id_index" on "mail" ("user_id");`);
    this.addSql(`create index "mail_link_id_index" on "mail" ("link_id");`);
    this.addSql(`create index "mail_created_at_id_index" on "mail" ("created_at", "id");`);
    this.addSql(`create index "mail_waiting" on "mail" ("seen_at") where state = 'waiting';`);

    this.addSql(
      `create table "link_token" ("token_hash" text not null, "link_id" uuid not null, primary key ("token_hash"));`,
    );
    this.addSql(`create index "link_token_link_id_index" on "link_token" ("link_id");`);

    this.addSql(
      `alter table "account_link" add constraint "account_link_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "account_link" add constraint "account_link_wanted_by_id_foreign" foreign key ("wanted_by_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "mail" add constraint "mail_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "mail" add constraint "mail_link_id_foreign" foreign key ("link_id") references "account_link" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "link_token" add constraint "link_token_link_id_foreign" foreign key ("link_id") references "account_link" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "mail" drop constraint "mail_link_id_foreign";`);
    this.addSql(`alter table "link_token" drop constraint "link_token_link_id_foreign";`);

    this.addSql(`drop table if exists "account_link" cascade;`);
    this.addSql(`drop table if exists "mail" cascade;`);
    this.addSql(`drop table if exists "link_token" cascade;`);
  }
}
