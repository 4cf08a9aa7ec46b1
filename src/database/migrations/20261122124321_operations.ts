import { Migration } from '@mikro-orm/migrations';

export class Migration20261122124321_operations extends Migration {
  override name = 'Migration20261122124321_operations';

  override up(): void | Promise<void> {
    this.addSql(`alter table "installation" add "database_place" text null, add "sweep_due_at" timestamptz(3) null;`);

    this.addSql(`drop index "conversation_sector_active";`);
    this.addSql(
      `create index "conversation_standing" on "conversation" ("sector_id", "waiting_since", "id") include ("state") where "status" = 'active';`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "conversation_standing";`);
    this.addSql(
      `create index "conversation_sector_active" on "conversation" ("sector_id", "waiting_since", "id") where status = 'active';`,
    );

    this.addSql(`alter table "installation" drop column "database_place", drop column "sweep_due_at";`);
  }
}
