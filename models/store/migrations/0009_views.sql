-- What people made of the order list: views that they saved, and how each of them wants the list.

create table saved_views (
  id          text    primary key,
  staff_id    text    not null references staff (id) on delete cascade,
  shared      integer not null default 0,
  name        text    not null,
  name_folded text    not null,
  query       text    not null,
  created     integer not null,
  updated     integer not null,
  deleted_at  integer not null default 0
) strict;
create unique index saved_views_name on saved_views (staff_id, name_folded) where deleted_at = 0;
create index saved_views_staff on saved_views (staff_id, created);
create index saved_views_shared on saved_views (created) where shared = 1;
create index saved_views_deleted on saved_views (deleted_at) where deleted_at > 0;

-- Lists are JSON arrays of keys: names of built-in tabs, ids of views, names of columns.
create table order_list_preferences (
  staff_id  text primary key references staff (id) on delete cascade,
  tab_order text not null default '[]',
  hidden    text not null default '[]',
  columns   text not null,
  density   text not null check (density in ('comfortable', 'compact')),
  updated   integer not null
) strict, without rowid;
