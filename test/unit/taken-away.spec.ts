import { takenAway } from '../support/taken-away';

describe('what a migration takes away', () => {
  it.each([
    'drop table jobs',
    'alter table jobs drop column priority',
    'alter table jobs rename to work',
    'alter table jobs rename column priority to rank',
    'alter table jobs alter column priority type bigint',
    'alter table jobs alter priority set data type text',
    'alter table jobs alter column priority set not null',
    'alter table jobs add column rank integer not null',
    "alter table jobs add constraint rank_known check (rank <> 'x')",
    'delete from jobs',
    'create table a (b text); drop table jobs',
  ])('%s', (statement) => expect(takenAway(statement)).not.toEqual([]));

  it.each([
    'create table work (id uuid not null, constraint work_pkey primary key (id))',
    'create index concurrently work_rank on work (rank)',
    'alter table jobs add column rank integer',
    'alter table jobs add column rank integer not null default 0',
    'alter table jobs add constraint rank_known check (rank > 0) not valid',
    "comment on table jobs is 'drop table jobs'",
  ])('nothing: %s', (statement) => expect(takenAway(statement)).toEqual([]));
});
