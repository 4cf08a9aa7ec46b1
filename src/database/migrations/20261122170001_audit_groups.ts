import { Migration } from '@mikro-orm/migrations';

/** By table: the arguments of `audit_change`. */
const audited: Readonly<Record<string, readonly [kind: string, object: string, ...rest: string[]]>> = {
  client: ['client', 'id', '', 'id,created_at', '', 'name'],
  client_group: ['client-group', 'id', '', 'id,created_at', '', 'name'],
  client_group_member: ['group-membership', 'group_id', 'user_id', '', '', ''],
};

/** Client accounts, client groups and who is in them are settings, too. */
export class Migration20261122170001_audit_groups extends Migration {
  override name = 'Migration20261122170001_audit_groups';

  override up(): void | Promise<void> {
    for (const [table, args] of Object.entries(audited)) {
      this.addSql(
        `create trigger "audit_${table}" after insert or update or delete on "${table}" for each row execute function "audit_change"(${args.map((arg) => `'${arg}'`).join(', ')});`,
      );
    }
  }

  override down(): void | Promise<void> {
    for (const table of Object.keys(audited)) this.addSql(`drop trigger "audit_${table}" on "${table}";`);
  }
}
