-- The addresses that Klarna may write to, who looked into each on which day of the shop, and what a day came to.
create table mailboxes (
  id             text not null primary key, -- mbx_…
  address        text not null,
  address_folded text not null,
  purpose        text not null,             -- support, account, other
  note           text not null,
  added          integer not null,
  added_day      text not null,             -- YYYY-MM-DD of the shop's zone, as every day here
  added_by       text not null,
  added_name     text not null,
  removed        integer not null default 0,
  removed_day    text not null default '',  -- from this day on it is not due any more
  removed_by     text not null default '',
  removed_name   text not null default ''
) strict;
create unique index mailboxes_address on mailboxes (address_folded) where removed_day = '';
create index mailboxes_list on mailboxes (address_folded, id);

create table mailbox_checks (
  mailbox_id text not null,
  day        text not null,
  late       integer not null, -- ticked after the day had ended
  found      text not null,    -- nothing, mail
  note       text not null,
  at         integer not null,
  staff_id   text not null,
  staff_name text not null,
  primary key (mailbox_id, day)
) strict, without rowid;

-- A manager's word about a mailbox that nobody looked into on its day.
create table mailbox_misses (
  mailbox_id text not null,
  day        text not null,
  note       text not null,
  at         integer not null,
  staff_id   text not null,
  staff_name text not null,
  primary key (mailbox_id, day)
) strict, without rowid;

-- The shop's weekdays from a day on: bit 0 is Sunday. Before the first row: Monday to Friday.
create table shop_weeks (
  since    text not null primary key,
  weekdays integer not null
) strict, without rowid;
create table holidays (
  day  text not null primary key,
  name text not null
) strict, without rowid;

-- What each day came to, kept by the triggers below: so that no page counts the checks of years.
create table mailbox_days (
  day          text not null primary key,
  added        integer not null default 0, -- mailboxes
  removed      integer not null default 0,
  on_time      integer not null default 0, -- checks
  late         integer not null default 0,
  acknowledged integer not null default 0
) strict, without rowid;

create trigger mailboxes_added after insert on mailboxes begin
  insert into mailbox_days (day, added) values (new.added_day, 1) on conflict (day) do update set added = added + 1;
end;
-- A mailbox is not due on the day of its removal: what was ticked on it does not count either.
create trigger mailboxes_removed after update of removed_day on mailboxes when old.removed_day = '' and new.removed_day <> '' begin
  insert into mailbox_days (day, removed) values (new.removed_day, 1) on conflict (day) do update set removed = removed + 1;
  update mailbox_days set on_time = on_time - 1
    where day = new.removed_day and exists (select 1 from mailbox_checks where mailbox_id = new.id and day = new.removed_day);
end;
create trigger mailbox_checks_counted after insert on mailbox_checks begin
  insert into mailbox_days (day, on_time, late) values (new.day, 1 - new.late, new.late)
    on conflict (day) do update set on_time = on_time + 1 - new.late, late = late + new.late;
end;
create trigger mailbox_misses_counted after insert on mailbox_misses begin
  insert into mailbox_days (day, acknowledged) values (new.day, 1) on conflict (day) do update set acknowledged = acknowledged + 1;
end;
