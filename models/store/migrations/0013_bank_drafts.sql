-- A CSV statement does not say what its columns mean: the file waits until a person has seen how it is read.
create table bank_drafts (
  id       text    primary key,
  name     text    not null,
  data     blob    not null,
  staff_id text    not null,
  created  integer not null  -- wall clock
) strict;
alter table bank_files add column skipped integer not null default 0; -- bookings that were only announced
