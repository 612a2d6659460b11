-- The list of mails by how far they have come.
create index mails_state on mails (state, created);

-- The last mail that a person had read, kept for some hours so that it can be logged as a dispute without being chosen again.
create table letter_drafts (
  staff_id text    primary key references staff (id) on delete cascade,
  sha256   text    not null,
  data     blob    not null,
  created  integer not null -- wall clock
) strict;
