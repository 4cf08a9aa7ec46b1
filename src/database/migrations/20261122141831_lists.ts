import { Migration } from '@mikro-orm/migrations';

export class Migration20261122141831_lists extends Migration {
  override name = 'Migration20261122141831_lists';

  override up(): void | Promise<void> {
    this.addSql(`drop index "conversation_owner";`);
    this.addSql(`drop index "conversation_queue";`);
    this.addSql(`drop index "conversation_newest";`);
    this.addSql(
      `create index "conversation_queues" on "conversation" ("sector_id", "state", "priority", "waiting_since", "id") where "state" in ('waiting', 'open');`,
    );
    this.addSql(
      `create index "conversation_owned" on "conversation" ("owner_id", "created_at", "id") where "status" = 'active' and "owner_id" is not null;`,
    );
    this.addSql(`create index "conversation_newest" on "conversation" ("sector_id", "status", "created_at", "id");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "conversation_queues";`);
    this.addSql(`drop index "conversation_owned";`);
    this.addSql(`drop index "conversation_newest";`);
    this.addSql(
      `create index "conversation_owner" on "conversation" ("owner_id") where "status" = 'active' and "owner_id" is not null;`,
    );
    this.addSql(
      `create index "conversation_queue" on "conversation" ("sector_id", "priority", "waiting_since", "id") where "state" = 'waiting';`,
    );
    this.addSql(`create index "conversation_newest" on "conversation" ("created_at", "id");`);
  }
}
