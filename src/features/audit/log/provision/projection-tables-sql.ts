import { TERM_FUNCTIONS_1, termsOf } from './search-terms';

/** What searches read: derived from the headers by `audit.project`. Run as the owner. */
export const PROJECTION_TABLES_1 = `
${TERM_FUNCTIONS_1}
create table audit.entries (
  part_month date not null,
  index bigint not null,
  first_index bigint not null,
  position smallint not null,
  turn int,
  entry_id uuid,
  parent uuid,
  ts timestamptz not null,
  cost_micros bigint,
  event text not null,
  request_id text,
  tenant text,
  actor text,
  user_id text,
  session text,
  model text,
  model_resolved text,
  provider text,
  outcome text,
  flags text[]
) partition by range (part_month);
create index entries_index on audit.entries (index);
create index entries_entry_id on audit.entries (entry_id);
create index entries_request on audit.entries (request_id) where request_id is not null;
-- the pending list is emptied by audit.project: it would be searched from end to end for every stretch
create index entries_terms on audit.entries using gin (
  ${termsOf('entries').replaceAll('entries.', '')}
) with (gin_pending_list_limit = 16384);
create index entries_retention on audit.entries (event, index)
  where event in ('retention.drop', 'hold.place', 'hold.release');

-- which times a stretch of indexes covers, so that a search for a period need not look at what came later
create table audit.spans (
  part_month date not null,
  stretch bigint not null,
  low bigint not null,
  high bigint not null,
  earliest timestamptz not null,
  latest timestamptz not null,
  primary key (part_month, stretch)
) with (fillfactor = 50);

create table audit.projection (
  upto bigint not null,
  one boolean primary key default true check (one)
) with (fillfactor = 10);
insert into audit.projection (upto) values (0);
`;
