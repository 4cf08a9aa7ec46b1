import { Migration } from '@mikro-orm/migrations';

/** What the groups of every installation grant at first, of the permissions that are new with this migration. */
const forAgents = `array['define-filters', 'update-tags', 'create-contacts', 'update-contacts', 'remove-from-own-portfolio', 'show-ai-suggestions']`;
const forSupervisors = `array['set-variables', 'add-to-portfolio', 'use-reports', 'in-person-service', 'take-out-dispatches', 'view-dispatches', 'change-dispatch-responsible']`;

export class Migration20261122144001_permissions extends Migration {
  override name = 'Migration20261122144001_permissions';

  override up(): void | Promise<void> {
    this.addSql(`alter table "permission_group" alter column "role" drop not null;`);
    this.addSql(`create unique index "permission_group_name_unique" on "permission_group" (lower("name"));`);
    this.addSql(
      `update "permission_group" set "permissions" = "permissions" || ${forAgents} where "role" in ('agent', 'supervisor');`,
    );
    this.addSql(
      `update "permission_group" set "permissions" = "permissions" || ${forSupervisors} where "role" = 'supervisor';`,
    );

    this.addSql(`alter table "users" add "permission_exceptions" jsonb not null default '{}';`);
    this.addSql(`create index "users_permission_group_id_index" on "users" ("permission_group_id");`);
  }

  /** The organisation's own groups are gone then: their users become agents. */
  override down(): void | Promise<void> {
    this.addSql(
      `update "users" set "permission_group_id" = (select "id" from "permission_group" where "role" = 'agent')
        where "permission_group_id" in (select "id" from "permission_group" where "role" is null);`,
    );
    this.addSql(`delete from "permission_group" where "role" is null;`);
    this.addSql(
      `update "permission_group" set "permissions" = array(select "name" from unnest("permissions") as "name"
        where not ("name" = any(${forAgents} || ${forSupervisors})));`,
    );
    this.addSql(`drop index "permission_group_name_unique";`);
    this.addSql(`alter table "permission_group" alter column "role" set not null;`);

    this.addSql(`drop index "users_permission_group_id_index";`);
    this.addSql(`alter table "users" drop column "permission_exceptions";`);
  }
}
