-- The mirror of Stripe: orders, what belongs to them, the raw objects and events they were read from.
pragma application_id = 1128679756; -- "CFIL"

-- rowid is created << 20 plus a counter within the second, so that the newest order has the highest rowid and the search index,
-- which answers in rowid order, needs no sorting.
create table orders (
  rowid               integer primary key,
  id                  text    not null unique,
  charge_id           text    not null default '',
  status              text    not null,
  payment_status      text    not null default '',
  currency            text    not null,
  amount              integer not null default 0,
  amount_capturable   integer not null default 0,
  amount_captured     integer not null default 0,
  amount_refunded     integer not null default 0,
  capture_method      text    not null default '',
  klarna_category     text    not null default '',
  preferred_locale    text    not null default '',
  reference           text    not null default '',
  customer_id         text    not null default '',
  customer_name       text    not null default '',
  customer_email      text    not null default '',
  customer_phone      text    not null default '',
  country             text    not null default '',
  created             integer not null,
  authorized_at       integer not null default 0,
  captured_at         integer not null default 0,
  canceled_at         integer not null default 0,
  dispute_status      text    not null default '',
  has_tracking        integer not null default 0,
  synced_at           integer not null default 0,
  search_text         text    not null default '',
  cancellation_reason text    not null default '',
  last_error_code     text    not null default '',
  last_error_message  text    not null default '',
  balance_transaction text    not null default '',
  description         text    not null default '',
  shipping            text    not null default '{}',
  charge_shipping     text    not null default '{}',
  billing             text    not null default '{}'
) strict;

-- One index per tab of the list, each holding only that tab's orders.
create index orders_all on orders (created);
create index orders_to_capture on orders (created) where status = 'authorized';
create index orders_captured on orders (created) where status in ('captured', 'partly_captured');
create index orders_no_tracking on orders (created) where status in ('captured', 'partly_captured') and has_tracking = 0;
create index orders_disputed on orders (created) where dispute_status <> '';
create index orders_refunded on orders (created) where amount_refunded > 0;
create index orders_expired on orders (created) where status in ('expired', 'canceled');

create index orders_running_out on orders (authorized_at, currency, amount_capturable) where status = 'authorized';
create index orders_charge on orders (charge_id) where charge_id <> '';
create index orders_customer on orders (customer_id, created) where customer_id <> '';
create index orders_reference on orders (reference, created) where reference <> '';

create trigger orders_rowid after insert on orders when new.rowid >> 20 <> new.created begin
  select raise(abort, 'orders.rowid must be made from created');
end;

create table order_counts (
  tab text primary key,
  n   integer not null default 0
) strict, without rowid;

insert into order_counts (tab) values
  ('all'), ('to-capture'), ('captured'), ('no-tracking'), ('disputed'), ('refunded'), ('expired');

create trigger orders_count_insert after insert on orders begin
  update order_counts set n = n + 1 where case tab
    when 'all' then 1
    when 'to-capture' then new.status = 'authorized'
    when 'captured' then new.status in ('captured', 'partly_captured')
    when 'no-tracking' then new.status in ('captured', 'partly_captured') and new.has_tracking = 0
    when 'disputed' then new.dispute_status <> ''
    when 'refunded' then new.amount_refunded > 0
    when 'expired' then new.status in ('expired', 'canceled')
  end;
end;

create trigger orders_count_delete after delete on orders begin
  update order_counts set n = n - 1 where case tab
    when 'all' then 1
    when 'to-capture' then old.status = 'authorized'
    when 'captured' then old.status in ('captured', 'partly_captured')
    when 'no-tracking' then old.status in ('captured', 'partly_captured') and old.has_tracking = 0
    when 'disputed' then old.dispute_status <> ''
    when 'refunded' then old.amount_refunded > 0
    when 'expired' then old.status in ('expired', 'canceled')
  end;
end;

create trigger orders_count_update after update of status, has_tracking, dispute_status, amount_refunded on orders
when old.status <> new.status
  or old.has_tracking <> new.has_tracking
  or (old.dispute_status <> '') <> (new.dispute_status <> '')
  or (old.amount_refunded > 0) <> (new.amount_refunded > 0)
begin
  update order_counts set n = n + case tab
    when 'to-capture' then (new.status = 'authorized') - (old.status = 'authorized')
    when 'captured' then (new.status in ('captured', 'partly_captured')) - (old.status in ('captured', 'partly_captured'))
    when 'no-tracking' then (new.status in ('captured', 'partly_captured') and new.has_tracking = 0)
                          - (old.status in ('captured', 'partly_captured') and old.has_tracking = 0)
    when 'disputed' then (new.dispute_status <> '') - (old.dispute_status <> '')
    when 'refunded' then (new.amount_refunded > 0) - (old.amount_refunded > 0)
    when 'expired' then (new.status in ('expired', 'canceled')) - (old.status in ('expired', 'canceled'))
  end
  where tab <> 'all';
end;

-- Any three letters in a row of search_text, which is folded before it gets here. The text itself stays in orders.
create virtual table order_search using fts5 (
  search_text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);

create trigger orders_search_insert after insert on orders when new.search_text <> '' begin
  insert into order_search (rowid, search_text) values (new.rowid, new.search_text);
end;

create trigger orders_search_delete after delete on orders when old.search_text <> '' begin
  delete from order_search where rowid = old.rowid;
end;

create trigger orders_search_update after update of search_text on orders when old.search_text <> new.search_text begin
  delete from order_search where rowid = old.rowid and old.search_text <> '';
  insert into order_search (rowid, search_text) select new.rowid, new.search_text where new.search_text <> '';
end;

create table refunds (
  id                text    primary key,
  charge_id         text    not null default '',
  payment_intent_id text    not null default '',
  amount            integer not null,
  currency          text    not null,
  status            text    not null default '',
  reason            text    not null default '',
  failure_reason    text    not null default '',
  operation_id      text    not null default '',
  created           integer not null
) strict;
create index refunds_order on refunds (payment_intent_id, created) where payment_intent_id <> '';
create index refunds_charge on refunds (charge_id) where charge_id <> '';

create table disputes (
  id                 text    primary key,
  charge_id          text    not null default '',
  payment_intent_id  text    not null default '',
  amount             integer not null,
  currency           text    not null,
  status             text    not null default '',
  reason             text    not null default '',
  klarna_reason      text    not null default '',
  klarna_loss_reason text    not null default '',
  method_type        text    not null default '',
  due_by             integer not null default 0,
  has_evidence       integer not null default 0,
  past_due           integer not null default 0,
  submission_count   integer not null default 0,
  is_refundable      integer not null default 0,
  created            integer not null,
  -- The list is ordered by due date; without one no answer is possible, and the dispute stands at the end.
  due_order          integer not null generated always as (case when due_by = 0 then 9223372036854775807 else due_by end) virtual
) strict;
create index disputes_due on disputes (due_order, id);
create index disputes_status on disputes (status);
create index disputes_order on disputes (payment_intent_id, created) where payment_intent_id <> '';
create index disputes_charge on disputes (charge_id) where charge_id <> '';

create table payouts (
  id                    text    primary key,
  amount                integer not null,
  currency              text    not null,
  status                text    not null default '',
  automatic             integer not null default 0,
  method                text    not null default '',
  reconciliation_status text    not null default '',
  trace_id              text    not null default '',
  destination           text    not null default '',
  failure_code          text    not null default '',
  failure_message       text    not null default '',
  statement_descriptor  text    not null default '',
  arrival_date          integer not null default 0,
  created               integer not null
) strict;
create index payouts_arrival on payouts (arrival_date, id);

create table balance_transactions (
  id                 text    primary key,
  amount             integer not null,
  fee                integer not null default 0,
  net                integer not null default 0,
  currency           text    not null,
  type               text    not null default '',
  reporting_category text    not null default '',
  source_id          text    not null default '',
  payout_id          text    not null default '',
  description        text    not null default '',
  status             text    not null default '',
  available_on       integer not null default 0,
  created            integer not null
) strict;
create index balance_transactions_source on balance_transactions (source_id) where source_id <> '';
create index balance_transactions_payout on balance_transactions (payout_id, created, id) where payout_id <> '';

-- Every object as Stripe sent it. seq moves with each change of the row, dirty asks for a fresh copy.
create table stripe_objects (
  id         text    primary key,
  kind       text    not null,
  livemode   integer not null default 0,
  order_id   text    not null default '',
  as_of      integer not null default 0,
  seq        integer not null default 0,
  dirty      integer not null default 0,
  attempts   integer not null default 0,
  next_try   integer not null default 0,
  last_error text    not null default '',
  raw        blob
) strict;
create index stripe_objects_dirty on stripe_objects (next_try) where dirty <> 0;

create table stripe_events (
  id          text    primary key,
  type        text    not null,
  api_version text    not null default '',
  object_id   text    not null default '',
  object_kind text    not null default '',
  order_id    text    not null default '',
  created     integer not null,
  received    integer not null,
  state       text    not null,
  error       text    not null default '',
  payload     blob    not null
) strict;
create index stripe_events_order on stripe_events (order_id, created) where order_id <> '';
create index stripe_events_failed on stripe_events (received) where state = 'failed';

-- How far a backfill of one kind of object has come.
create table sync_progress (
  kind     text    primary key,
  since    integer not null default 0,
  cursor   text    not null default '',
  rows     integer not null default 0,
  started  integer not null default 0,
  finished integer not null default 0,
  updated  integer not null default 0,
  error    text    not null default ''
) strict;

create table settings (
  name  text primary key,
  value text not null
) strict, without rowid;
