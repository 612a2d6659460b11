-- Who may sign in, who is signed in, and who tried.

create table staff (
  id            text    primary key,
  name          text    not null,
  email         text    not null,
  email_folded  text    not null unique,
  role          text    not null check (role in ('viewer', 'staff', 'manager', 'admin')),
  password_hash text    not null default '',
  created       integer not null,
  disabled_at   integer not null default 0,
  last_sign_in  integer not null default 0
) strict;

create table sessions (
  token_hash text    primary key,
  staff_id   text    not null references staff (id) on delete cascade,
  csrf_token text    not null,
  created    integer not null,
  last_seen  integer not null,
  expires    integer not null,
  user_agent text    not null default ''
) strict, without rowid;
create index sessions_staff on sessions (staff_id);
create index sessions_expires on sessions (expires);

-- Failed sign-ins, one row per key they count against (account, address).
create table sign_in_attempts (
  id  integer primary key,
  key text    not null,
  at  integer not null
) strict;
create index sign_in_attempts_key on sign_in_attempts (key, at);
create index sign_in_attempts_at on sign_in_attempts (at);

create table setup_tokens (
  token_hash text    primary key,
  created    integer not null,
  expires    integer not null,
  used_at    integer not null default 0
) strict, without rowid;
