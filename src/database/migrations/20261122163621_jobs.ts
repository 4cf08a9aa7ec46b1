import { Migration } from '@mikro-orm/migrations';

export class Migration20261122163621_jobs extends Migration {
  override name = 'Migration20261122163621_jobs';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "job" ("id" uuid not null, "state" text not null, "details" jsonb not null, "stopped_because" text null, "total" int not null, "done" int not null, "created_by_id" uuid not null, "created_at" timestamptz(3) not null, "ended_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "job_unended" on "job" ("created_at") where ended_at is null;`);

    this.addSql(
      `create table "contact_import_row" ("job_id" uuid not null, "number" int not null, "cells" jsonb null, "identity" text null, "outcome" text not null, "contact_id" uuid null, "wrong" jsonb null, primary key ("job_id", "number"));`,
    );
    this.addSql(
      `create index "contact_import_row_pending" on "contact_import_row" ("job_id", "number") where outcome = 'pending';`,
    );
    this.addSql(
      `create index "contact_import_row_identity" on "contact_import_row" ("job_id", "identity") where identity is not null;`,
    );

    this.addSql(`alter table "contact" add "forgotten_at" timestamptz(3) null;`);
    // The owner of a database may create this extension where the server has it. Where not, searches go without an index.
    this.addSql(`do $$
      begin
        create extension if not exists pg_trgm;
        create index "contact_search" on "contact" using gin ("name" gin_trgm_ops, "external_id" gin_trgm_ops, "email" gin_trgm_ops);
      exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
        raise warning 'pg_trgm cannot be created here (%): searches for contacts read every contact', sqlerrm;
      end $$;`);

    this.addSql(
      `alter table "job" add constraint "job_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "contact_import_row" add constraint "contact_import_row_job_id_foreign" foreign key ("job_id") references "job" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "contact_import_row" drop constraint "contact_import_row_job_id_foreign";`);

    this.addSql(`drop table if exists "job" cascade;`);
    this.addSql(`drop table if exists "contact_import_row" cascade;`);

    this.addSql(`drop index if exists "contact_search";`);
    this.addSql(`alter table "contact" drop column "forgotten_at";`);
  }
}
