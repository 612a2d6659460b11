-- What people are told by mail: what each person chose, the mails, and what each of them was about, once.

create table notification_choices (
  staff_id text    primary key references staff (id) on delete cascade,
  digest   integer not null,
  hour     integer not null check (hour between 0 and 23),
  quiet    integer not null,
  off      text    not null default '[]',
  updated  integer not null
) strict, without rowid;

create table mails (
  id       text    primary key,
  staff_id text    not null references staff (id) on delete cascade,
  name     text    not null,
  address  text    not null,
  kind     text    not null,
  title    text    not null,
  text     text    not null,
  html     text    not null,
  state    text    not null check (state in ('kept', 'pending', 'sending', 'sent', 'failed', 'unclear')),
  error    text    not null default '',
  attempts integer not null default 0,
  created  integer not null,
  asked    integer not null,
  finished integer not null default 0
) strict;
create index mails_created on mails (created);
create index mails_staff on mails (staff_id, created);

-- A person is told of a step of something once. A step that needed no mail has none.
create table notifications (
  staff_id text    not null references staff (id) on delete cascade,
  kind     text    not null,
  subject  text    not null,
  step     text    not null,
  mail_id  text    not null default '',
  at       integer not null,
  primary key (staff_id, kind, subject, step)
) strict, without rowid;

-- What the desk has seen happen: only what is new to it is told at once.
create table notification_marks (
  kind    text    not null,
  subject text    not null,
  step    text    not null,
  at      integer not null,
  primary key (kind, subject, step)
) strict, without rowid;

-- The private calendar of a person: the hash of its token.
create table calendar_feeds (
  staff_id   text    primary key references staff (id) on delete cascade,
  token_hash text    not null unique,
  created    integer not null
) strict, without rowid;
