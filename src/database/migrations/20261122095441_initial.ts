import { Migration } from '@mikro-orm/migrations';

export class Migration20261122095441_initial extends Migration {
  override name = 'Migration20261122095441_initial';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "automation_rule" ("id" uuid not null, "position" int not null, "name" text not null, "description" text null, "event" text not null, "conditions" jsonb not null, "actions" jsonb not null, "active" boolean not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );

    this.addSql(
      `create table "contact" ("id" uuid not null, "namespace" text not null, "external_id" text not null, "name" text null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "contact" add constraint "contact_identity_unique" unique ("namespace", "external_id");`);

    this.addSql(
      `create table "event" ("ordinal" bigserial primary key, "position" bigint null, "type" text not null, "at" timestamptz(3) not null, "conversation_id" uuid null, "seq" int null, "step_id" uuid not null, "last" boolean not null, "actor" jsonb not null, "before" jsonb null, "after" jsonb null, "data" jsonb not null);`,
    );
    this.addSql(`create index "event_unpositioned" on "event" ("ordinal") where position is null;`);
    this.addSql(`alter table "event" add constraint "event_position_unique" unique ("position");`);
    this.addSql(`alter table "event" add constraint "event_seq_unique" unique ("conversation_id", "seq");`);

    this.addSql(
      `create table "idempotent_answer" ("principal" text not null, "key" text not null, "request_hash" text not null, "status" int null, "body" jsonb null, "headers" jsonb null, "created_at" timestamptz(3) not null, primary key ("principal", "key"));`,
    );
    this.addSql(`create index "idempotent_answer_created_at_index" on "idempotent_answer" ("created_at");`);

    this.addSql(
      `create table "installation" ("id" serial primary key, "last_position" bigint not null, "temporal_namespace" text null);`,
    );

    this.addSql(
      `create table "organization" ("id" uuid not null, "name" text not null, "time_zone" text not null, "hours" jsonb null, "auto_reply" jsonb not null, "distribution" jsonb not null, "self_availability" boolean not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );

    this.addSql(
      `create table "permission_group" ("id" uuid not null, "role" text not null, "name" text not null, "permissions" text[] not null, primary key ("id"));`,
    );
    this.addSql(`alter table "permission_group" add constraint "permission_group_role_unique" unique ("role");`);

    this.addSql(
      `create table "sector" ("id" uuid not null, "slug" text not null, "name" text not null, "color" text not null, "description" text null, "direction_message" text null, "mode" text not null, "offer_timeout_ms" int not null, "distribution_limit_ms" int not null, "overflow" boolean not null, "capacity" int null, "cherry_picking" boolean not null, "reopen_window_ms" bigint not null, "hours" jsonb null, "auto_reply" jsonb null, "announced_open" boolean null, "created_at" timestamptz(3) not null, "deleted_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "sector" add constraint "sector_slug_unique" unique ("slug");`);
    this.addSql(`create unique index "sector_name_unique" on "sector" (lower("name")) where "deleted_at" is null;`);

    this.addSql(
      `create table "rotation_pointer" ("sector_id" uuid not null, "scope" text not null, "created_at" timestamptz(3) not null, "user_id" uuid not null, primary key ("sector_id", "scope"));`,
    );

    this.addSql(
      `create table "outcome" ("id" uuid not null, "sector_id" uuid not null, "name" text not null, "created_at" timestamptz(3) not null, "deleted_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `create unique index "outcome_name_unique" on "outcome" ("sector_id", lower("name")) where "deleted_at" is null;`,
    );

    this.addSql(
      `create table "channel" ("id" uuid not null, "slug" text not null, "name" text not null, "kind" text not null, "sector_id" uuid not null, "agent_ids" uuid[] null, "active" boolean not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "channel" add constraint "channel_slug_unique" unique ("slug");`);
    this.addSql(`create index "channel_sector_id_index" on "channel" ("sector_id");`);

    this.addSql(
      `create table "channel_key" ("id" uuid not null, "channel_id" uuid not null, "prefix" text not null, "key_hash" text not null, "created_at" timestamptz(3) not null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "channel_key_channel_id_index" on "channel_key" ("channel_id");`);
    this.addSql(`alter table "channel_key" add constraint "channel_key_key_hash_unique" unique ("key_hash");`);

    this.addSql(
      `create table "auto_reply_sent" ("contact_id" uuid not null, "channel_id" uuid not null, "sent_at" timestamptz(3) not null, primary key ("contact_id", "channel_id"));`,
    );

    this.addSql(
      `create table "sector_hours" ("id" bigserial primary key, "sector_id" uuid not null, "since" timestamptz(3) not null, "hours" jsonb null);`,
    );
    this.addSql(`create index "sector_hours_sector_id_since_index" on "sector_hours" ("sector_id", "since");`);

    this.addSql(
      `create table "sign_in_attempt" ("key" varchar(255) not null, "points" int not null default 0, "expire" bigint null, primary key ("key"));`,
    );

    this.addSql(
      `create table "users" ("id" uuid not null, "name" text not null, "email" text not null, "department" text null, "password_hash" text null, "verified_at" timestamptz(3) null, "active" boolean not null, "permission_group_id" uuid not null, "available" boolean not null, "availability_reason" text null, "capacity" int null, "default_sector_id" uuid null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create unique index "users_email_unique" on "users" (lower("email"));`);

    this.addSql(
      `create table "session" ("id" uuid not null, "user_id" uuid not null, "token_hash" text not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "session_user_id_index" on "session" ("user_id");`);
    this.addSql(`alter table "session" add constraint "session_token_hash_unique" unique ("token_hash");`);

    this.addSql(
      `create table "sector_member" ("sector_id" uuid not null, "user_id" uuid not null, "functions" text[] not null, primary key ("sector_id", "user_id"));`,
    );
    this.addSql(`create index "sector_member_user_id_index" on "sector_member" ("user_id");`);

    this.addSql(
      `create table "conversation" ("id" uuid not null, "status" text not null, "state" text null, "reason" text null, "sector_id" uuid not null, "channel_id" uuid not null, "contact_id" uuid not null, "owner_id" uuid null, "designated_id" uuid null, "priority" smallint not null, "waiting_since" timestamptz(3) not null, "version" int not null, "distribution" jsonb not null, "offers_made" int not null, "event_seq" int not null, "message_seq" int not null, "due_at" timestamptz(3) null, "state_since" timestamptz(3) not null, "prior_sector_id" uuid null, "prior_designated_id" uuid null, "previous_id" uuid null, "last_owner_id" uuid null, "first_assigned_at" timestamptz(3) null, "closed_at" timestamptz(3) null, "outcome_id" uuid null, "tags" text[] not null, "custom_fields" jsonb not null, "last_message_at" timestamptz(3) not null, "created_at" timestamptz(3) not null, "workflow_seen_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `create index "conversation_queue" on "conversation" ("sector_id", "priority", "waiting_since", "id") where "state" = 'waiting';`,
    );
    this.addSql(
      `create index "conversation_owner" on "conversation" ("owner_id") where "status" = 'active' and "owner_id" is not null;`,
    );
    this.addSql(
      `create index "conversation_designated" on "conversation" ("designated_id") where "status" = 'active' and "designated_id" is not null;`,
    );
    this.addSql(
      `create index "conversation_sector_active" on "conversation" ("sector_id", "waiting_since", "id") where status = 'active';`,
    );
    this.addSql(`create index "conversation_newest" on "conversation" ("created_at", "id");`);
    this.addSql(`create index "conversation_contact" on "conversation" ("contact_id", "created_at");`);
    this.addSql(`create index "conversation_check" on "conversation" ("workflow_seen_at") where status = 'active';`);
    this.addSql(
      `create unique index "conversation_one_active" on "conversation" ("contact_id", "channel_id") where status = 'active';`,
    );

    this.addSql(
      `create table "offer" ("id" uuid not null, "conversation_id" uuid not null, "number" int not null, "agent_id" uuid not null, "sector_id" uuid not null, "distribution_number" int not null, "round" int not null, "direct" boolean not null, "from_pointer" boolean not null, "started_at" timestamptz(3) not null, "timeout_ms" int null, "expires_at" timestamptz(3) null, "ended_at" timestamptz(3) null, "end" text null, "end_reason" text null, "decision" jsonb not null, primary key ("id"));`,
    );
    this.addSql(`create index "offer_agent_id_index" on "offer" ("agent_id");`);
    this.addSql(`create index "offer_sector_id_index" on "offer" ("sector_id");`);
    this.addSql(`alter table "offer" add constraint "offer_number_unique" unique ("conversation_id", "number");`);
    this.addSql(`create unique index "offer_one_live" on "offer" ("conversation_id") where ended_at is null;`);

    this.addSql(
      `create table "note" ("id" uuid not null, "conversation_id" uuid not null, "text" text not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "note_conversation_id_index" on "note" ("conversation_id");`);

    this.addSql(
      `create table "message" ("id" uuid not null, "conversation_id" uuid not null, "channel_id" uuid not null, "seq" int not null, "kind" text not null, "author_id" uuid null, "text" text not null, "provider_id" text null, "sent_at" timestamptz(3) not null, "created_at" timestamptz(3) not null, "delivery" text not null, primary key ("id"));`,
    );
    this.addSql(`alter table "message" add constraint "message_seq_unique" unique ("conversation_id", "seq");`);
    this.addSql(`alter table "message" add constraint "message_provider_unique" unique ("channel_id", "provider_id");`);

    this.addSql(
      `create table "wake_up" ("id" bigserial primary key, "workflow" text not null, "target_id" uuid not null, "signal" text not null, "payload" jsonb not null, "restart" boolean not null, "created_at" timestamptz(3) not null, "next_attempt_at" timestamptz(3) not null, "attempts" int not null);`,
    );
    this.addSql(`create index "wake_up_next_attempt_at_id_index" on "wake_up" ("next_attempt_at", "id");`);

    this.addSql(
      `alter table "rotation_pointer" add constraint "rotation_pointer_sector_id_foreign" foreign key ("sector_id") references "sector" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "outcome" add constraint "outcome_sector_id_foreign" foreign key ("sector_id") references "sector" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "channel" add constraint "channel_sector_id_foreign" foreign key ("sector_id") references "sector" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "channel_key" add constraint "channel_key_channel_id_foreign" foreign key ("channel_id") references "channel" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "auto_reply_sent" add constraint "auto_reply_sent_contact_id_foreign" foreign key ("contact_id") references "contact" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "auto_reply_sent" add constraint "auto_reply_sent_channel_id_foreign" foreign key ("channel_id") references "channel" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "sector_hours" add constraint "sector_hours_sector_id_foreign" foreign key ("sector_id") references "sector" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "users" add constraint "users_permission_group_id_foreign" foreign key ("permission_group_id") references "permission_group" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "users" add constraint "users_default_sector_id_foreign" foreign key ("default_sector_id") references "sector" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "session" add constraint "session_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "sector_member" add constraint "sector_member_sector_id_foreign" foreign key ("sector_id") references "sector" ("id") on update cascade on delete restrict;`,
    );
    this.addSql(
      `alter table "sector_member" add constraint "sector_member_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete restrict;`,
    );

    this.addSql(
      `alter table "conversation" add constraint "conversation_sector_id_foreign" foreign key ("sector_id") references "sector" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_channel_id_foreign" foreign key ("channel_id") references "channel" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_contact_id_foreign" foreign key ("contact_id") references "contact" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_designated_id_foreign" foreign key ("designated_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_prior_sector_id_foreign" foreign key ("prior_sector_id") references "sector" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_prior_designated_id_foreign" foreign key ("prior_designated_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_previous_id_foreign" foreign key ("previous_id") references "conversation" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_last_owner_id_foreign" foreign key ("last_owner_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "conversation" add constraint "conversation_outcome_id_foreign" foreign key ("outcome_id") references "outcome" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "offer" add constraint "offer_conversation_id_foreign" foreign key ("conversation_id") references "conversation" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "offer" add constraint "offer_agent_id_foreign" foreign key ("agent_id") references "users" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "offer" add constraint "offer_sector_id_foreign" foreign key ("sector_id") references "sector" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "note" add constraint "note_conversation_id_foreign" foreign key ("conversation_id") references "conversation" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "message" add constraint "message_conversation_id_foreign" foreign key ("conversation_id") references "conversation" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "message" add constraint "message_channel_id_foreign" foreign key ("channel_id") references "channel" ("id") on delete restrict;`,
    );
    this.addSql(
      `alter table "message" add constraint "message_author_id_foreign" foreign key ("author_id") references "users" ("id") on delete restrict;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "auto_reply_sent" drop constraint "auto_reply_sent_contact_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_contact_id_foreign";`);
    this.addSql(`alter table "users" drop constraint "users_permission_group_id_foreign";`);
    this.addSql(`alter table "rotation_pointer" drop constraint "rotation_pointer_sector_id_foreign";`);
    this.addSql(`alter table "outcome" drop constraint "outcome_sector_id_foreign";`);
    this.addSql(`alter table "channel" drop constraint "channel_sector_id_foreign";`);
    this.addSql(`alter table "sector_hours" drop constraint "sector_hours_sector_id_foreign";`);
    this.addSql(`alter table "users" drop constraint "users_default_sector_id_foreign";`);
    this.addSql(`alter table "sector_member" drop constraint "sector_member_sector_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_sector_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_prior_sector_id_foreign";`);
    this.addSql(`alter table "offer" drop constraint "offer_sector_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_outcome_id_foreign";`);
    this.addSql(`alter table "channel_key" drop constraint "channel_key_channel_id_foreign";`);
    this.addSql(`alter table "auto_reply_sent" drop constraint "auto_reply_sent_channel_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_channel_id_foreign";`);
    this.addSql(`alter table "message" drop constraint "message_channel_id_foreign";`);
    this.addSql(`alter table "session" drop constraint "session_user_id_foreign";`);
    this.addSql(`alter table "sector_member" drop constraint "sector_member_user_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_owner_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_designated_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_prior_designated_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_last_owner_id_foreign";`);
    this.addSql(`alter table "offer" drop constraint "offer_agent_id_foreign";`);
    this.addSql(`alter table "message" drop constraint "message_author_id_foreign";`);
    this.addSql(`alter table "conversation" drop constraint "conversation_previous_id_foreign";`);
    this.addSql(`alter table "offer" drop constraint "offer_conversation_id_foreign";`);
    this.addSql(`alter table "note" drop constraint "note_conversation_id_foreign";`);
    this.addSql(`alter table "message" drop constraint "message_conversation_id_foreign";`);

    this.addSql(`drop table if exists "automation_rule" cascade;`);
    this.addSql(`drop table if exists "contact" cascade;`);
    this.addSql(`drop table if exists "event" cascade;`);
    this.addSql(`drop table if exists "idempotent_answer" cascade;`);
    this.addSql(`drop table if exists "installation" cascade;`);
    this.addSql(`drop table if exists "organization" cascade;`);
    this.addSql(`drop table if exists "permission_group" cascade;`);
    this.addSql(`drop table if exists "sector" cascade;`);
    this.addSql(`drop table if exists "rotation_pointer" cascade;`);
    this.addSql(`drop table if exists "outcome" cascade;`);
    this.addSql(`drop table if exists "channel" cascade;`);
    this.addSql(`drop table if exists "channel_key" cascade;`);
    this.addSql(`drop table if exists "auto_reply_sent" cascade;`);
    this.addSql(`drop table if exists "sector_hours" cascade;`);
    this.addSql(`drop table if exists "sign_in_attempt" cascade;`);
    this.addSql(`drop table if exists "users" cascade;`);
    this.addSql(`drop table if exists "session" cascade;`);
    this.addSql(`drop table if exists "sector_member" cascade;`);
    this.addSql(`drop table if exists "conversation" cascade;`);
    this.addSql(`drop table if exists "offer" cascade;`);
    this.addSql(`drop table if exists "note" cascade;`);
    this.addSql(`drop table if exists "message" cascade;`);
    this.addSql(`drop table if exists "wake_up" cascade;`);
  }
}
