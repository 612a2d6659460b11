-- What the desk itself does: captures, cancellations, shipments, notes, and the audit log of all of it.

create table captures (
  id                 text    primary key,
  order_id           text    not null references orders (id),
  amount             integer not null,
  released           integer not null default 0,
  currency           text    not null,
  carrier            text    not null default '',
  carrier_name       text    not null default '',
  tracking_number    text    not null default '',
  shipped_on         text    not null default '',
  no_tracking_reason text    not null default '',
  recipient          text    not null default '{}',
  state              text    not null check (state in ('pending', 'succeeded', 'refused')),
  form_token         text    not null default '',
  idempotency_key    text    not null default '',
  staff_id           text    not null default '',
  staff_name         text    not null default '',
  requested          integer not null,
  resolved           integer not null default 0,
  attempts           integer not null default 0,
  reconcile_job      text    not null default '',
  error_kind         text    not null default '',
  error_code         text    not null default '',
  error_message      text    not null default '',
  stripe_request_id  text    not null default '',
  needs_person       integer not null default 0
) strict;
-- Stripe allows one capture of a Klarna payment: one that is not refused bars every other, now and for ever.
create unique index captures_once on captures (order_id) where state <> 'refused';
create unique index captures_form_token on captures (form_token) where form_token <> '';
create index captures_order on captures (order_id, requested);
create index captures_pending on captures (requested) where state = 'pending';

create table cancellations (
  id                text    primary key,
  order_id          text    not null references orders (id),
  reason            text    not null default '',
  note              text    not null default '',
  state             text    not null check (state in ('pending', 'succeeded', 'refused')),
  form_token        text    not null default '',
  idempotency_key   text    not null default '',
  staff_id          text    not null default '',
  staff_name        text    not null default '',
  requested         integer not null,
  resolved          integer not null default 0,
  attempts          integer not null default 0,
  reconcile_job     text    not null default '',
  error_kind        text    not null default '',
  error_code        text    not null default '',
  error_message     text    not null default '',
  stripe_request_id text    not null default '',
  needs_person      integer not null default 0
) strict;
create unique index cancellations_once on cancellations (order_id) where state <> 'refused';
create unique index cancellations_form_token on cancellations (form_token) where form_token <> '';
create index cancellations_order on cancellations (order_id, requested);
create index cancellations_pending on cancellations (requested) where state = 'pending';

create table shipments (
  id              text    primary key,
  order_id        text    not null references orders (id),
  carrier         text    not null default '',
  carrier_name    text    not null default '',
  tracking_number text    not null default '',
  shipped_on      text    not null default '',
  recipient       text    not null default '{}',
  replaces        text    not null default '',
  replaced_by     text    not null default '',
  staff_id        text    not null default '',
  staff_name      text    not null default '',
  created         integer not null,
  sent_at         integer not null default 0,
  last_error      text    not null default ''
) strict;
create index shipments_order on shipments (order_id, created);

create table notes (
  id         text    primary key,
  order_id   text    not null references orders (id),
  staff_id   text    not null default '',
  staff_name text    not null default '',
  text       text    not null,
  created    integer not null
) strict;
create index notes_order on notes (order_id, created);

create table audit_entries (
  id                integer primary key autoincrement,
  at                integer not null,
  staff_id          text    not null default '',
  staff_name        text    not null default '',
  action            text    not null,
  object_id         text    not null default '',
  details           text    not null default '{}',
  request_id        text    not null default '',
  stripe_request_id text    not null default ''
) strict;
create index audit_entries_object on audit_entries (object_id, id);

create trigger audit_entries_keep before delete on audit_entries begin
  select raise(abort, 'audit entries are never deleted');
end;
create trigger audit_entries_fixed before update on audit_entries begin
  select raise(abort, 'audit entries are never changed');
end;
