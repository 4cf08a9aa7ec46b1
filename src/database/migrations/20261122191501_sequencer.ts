import { Migration } from '@mikro-orm/migrations';

/** Gives committed events their positions (`sequencer.ts`), in one round trip. */
export class Migration20261122191501_sequencer extends Migration {
  override name = 'Migration20261122191501_sequencer';

  override up(): void | Promise<void> {
    this.addSql(`
      create function "give_positions"("sequencer" int, "batch" int, "channel" text) returns int language plpgsql as $$
      declare
        given int;
      begin
        perform pg_advisory_xact_lock(sequencer);
        -- A statement of its own: it sees everything that the previous holder of the lock committed.
        with oldest as (
          select step_id from event where position is null order by ordinal limit batch
        ), steps as (
          select ordinal,
                 min(ordinal) over (partition by step_id) as step,
                 min(ordinal) over (partition by step_id, coalesce(conversation_id::text, ordinal::text)) as piece
            from event where position is null and step_id in (select step_id from oldest)
        ), numbered as (
          select ordinal, row_number() over (order by step, piece, ordinal) as number from steps
        ), counter as (
          insert into installation as i (id, last_position)
          select 1, count(*) from numbered having count(*) > 0
          on conflict (id) do update set last_position = i.last_position + excluded.last_position
          returning i.last_position
        ), positioned as (
          update event e
             set position = counter.last_position - (select count(*) from numbered) + numbered.number
            from numbered, counter
           where e.ordinal = numbered.ordinal
          returning e.ordinal
        )
        select count(*) into given from positioned;
        if given > 0 then
          perform pg_notify(channel, '');
        end if;
        return given;
      end
      $$;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop function "give_positions"(int, int, text);`);
  }
}
