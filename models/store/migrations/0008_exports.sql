-- Files of orders that are written in the background. The file itself stands in a folder beside the database.
create table exports (
  id         text    primary key,
  staff_id   text    not null,
  staff_name text    not null default '',
  query      text    not null default '',
  customers  integer not null default 0,
  state      text    not null check (state in ('waiting', 'done', 'failed')),
  rows       integer not null default 0,
  bytes      integer not null default 0,
  created    integer not null,
  finished   integer not null default 0,
  expires    integer not null default 0,
  error      text    not null default ''
) strict;
create index exports_staff on exports (staff_id, created);
create index exports_expires on exports (expires) where expires > 0;
