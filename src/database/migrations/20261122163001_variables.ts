import { Migration } from '@mikro-orm/migrations';

export class Migration20261122163001_variables extends Migration {
  override name = 'Migration20261122163001_variables';

  override up(): void | Promise<void> {
    this.addSql(`alter table "organization" add "email_signature" text null;`);
    this.addSql(
      `create table "variable" ("id" uuid not null, "name" text not null, "value" text not null, "description" text null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "variable" add constraint "variable_name_unique" unique ("name");`);
    this.addSql(
      `create trigger "audit_variable" after insert or update or delete on "variable" for each row execute function "audit_change"('variable', 'id', '', 'id,created_at', '', 'name');`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "variable" cascade;`);
    this.addSql(`alter table "organization" drop column "email_signature";`);
  }
}
