/**
 * Version 1 of the schema `audit`. What is evidence is only ever inserted; `entries`, `spans` and `projection` are derived
 * from the headers and can be made anew. Run as the owner.
 */
export const TABLES_1 = `
create table audit.version (
  version int primary key,
  made_at timestamptz not null default clock_timestamp(),
  made_by text not null default session_user
);

-- one row for each time the log was begun: the first, and one after every restore
create table audit.epochs (
  epoch int primary key check (epoch >= 1),
  origin text not null check (origin ~ '^[^[:space:]+]{1,200}$'),
  made_at timestamptz not null default clock_timestamp()
);
create view audit.log as select origin, epoch, made_at from audit.epochs order by epoch desc limit 1;

-- never dropped: the tree can be proved from it after the headers are gone
create table audit.batches (
  first_index bigint primary key check (first_index >= 0),
  n int not null check (n between 1 and 1000),
  batch_id uuid not null unique,
  writer text not null check (writer ~ '^w_[A-Za-z0-9_-]{22}$'),
  lane bigint not null check (lane >= 1),
  previous bytea not null check (octet_length(previous) in (0, 32)),
  root bytea not null check (octet_length(root) = 32),
  signature bytea not null check (octet_length(signature) = 64),
  part_month date not null,
  committed_at timestamptz not null,
  unique (writer, lane)
);

create table audit.headers (
  part_month date not null,
  first_index bigint not null,
  headers text not null,
  primary key (part_month, first_index)
) partition by range (part_month);

create table audit.payloads (
  part_month date not null,
  first_index bigint not null,
  payloads bytea not null,
  primary key (part_month, first_index)
) partition by range (part_month);

create table audit.tiles (
  level smallint not null check (level between 0 and 7),
  n bigint not null check (n >= 0),
  hashes bytea not null check (octet_length(hashes) = 8192),
  primary key (level, n)
);

-- not compressed: ciphertext cannot be, hashes hardly, and all other writers would wait for it
alter table audit.headers alter headers set storage external;
alter table audit.payloads alter payloads set storage external;
alter table audit.tiles alter hashes set storage external;

create table audit.checkpoints (
  epoch int not null references audit.epochs,
  size bigint not null check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  made_at timestamptz not null default clock_timestamp(),
  primary key (epoch, size)
);

create table audit.cosignatures (
  epoch int not null,
  size bigint not null,
  line text not null check (octet_length(line) <= 4096),
  made_at timestamptz not null default clock_timestamp(),
  primary key (epoch, size, line),
  foreign key (epoch, size) references audit.checkpoints
);
`;
