-- What every movement belongs to, and what movements come to: by day and month, by country, by payout. The sums are kept by triggers, so
-- that they are right after any order of arrival and any replay.
alter table balance_transactions add column exchange_rate   text not null default '';
alter table balance_transactions add column fee_details     text not null default '[]';
alter table balance_transactions add column order_id        text not null default ''; -- the Klarna order; empty for all else on the account
alter table balance_transactions add column country         text not null default '';
alter table balance_transactions add column klarna_category text not null default '';

update balance_transactions set order_id = coalesce(
  (select id from orders where charge_id = source_id and charge_id <> ''),
  (select o.id from refunds r join orders o on o.id = r.payment_intent_id where r.id = source_id),
  (select o.id from disputes d join orders o on o.id = d.payment_intent_id where d.id = source_id), '')
where source_id <> '';
update balance_transactions set (country, klarna_category) = (select country, klarna_category from orders where id = order_id) where order_id <> '';

create index balance_transactions_books on balance_transactions (currency, reporting_category, created, id);
create index balance_transactions_order on balance_transactions (order_id, created) where order_id <> '';

-- A row is given to its order whichever of the two comes first, and told the order's country and category.
create trigger orders_ledger_insert after insert on orders begin
  update balance_transactions set order_id = new.id, country = new.country, klarna_category = new.klarna_category
    where order_id = '' and source_id <> '' and source_id = new.charge_id;
  update balance_transactions set order_id = new.id, country = new.country, klarna_category = new.klarna_category
    where order_id = '' and source_id <> '' and source_id in (select id from refunds where payment_intent_id = new.id and payment_intent_id <> ''
      union all select id from disputes where payment_intent_id = new.id and payment_intent_id <> '');
end;
create trigger orders_ledger_charge after update of charge_id on orders when old.charge_id <> new.charge_id and new.charge_id <> '' begin
  update balance_transactions set order_id = new.id, country = new.country, klarna_category = new.klarna_category
    where order_id = '' and source_id <> '' and source_id = new.charge_id;
end;
create trigger orders_ledger_update after update of country, klarna_category on orders
when old.country <> new.country or old.klarna_category <> new.klarna_category begin
  update balance_transactions set country = new.country, klarna_category = new.klarna_category where order_id = new.id and order_id <> '';
end;
create trigger orders_ledger_delete after delete on orders begin
  update balance_transactions set order_id = '', country = '', klarna_category = '' where order_id = old.id and order_id <> '';
end;
create trigger refunds_ledger_insert after insert on refunds when new.payment_intent_id <> '' begin
  update balance_transactions set (order_id, country, klarna_category) = (select id, country, klarna_category from orders where id = new.payment_intent_id)
    where source_id = new.id and source_id <> '' and order_id = '' and exists (select 1 from orders where id = new.payment_intent_id);
end;
create trigger refunds_ledger_update after update of payment_intent_id on refunds
when old.payment_intent_id <> new.payment_intent_id and new.payment_intent_id <> '' begin
  update balance_transactions set (order_id, country, klarna_category) = (select id, country, klarna_category from orders where id = new.payment_intent_id)
    where source_id = new.id and source_id <> '' and order_id = '' and exists (select 1 from orders where id = new.payment_intent_id);
end;
create trigger disputes_ledger_insert after insert on disputes when new.payment_intent_id <> '' begin
  update balance_transactions set (order_id, country, klarna_category) = (select id, country, klarna_category from orders where id = new.payment_intent_id)
    where source_id = new.id and source_id <> '' and order_id = '' and exists (select 1 from orders where id = new.payment_intent_id);
end;
create trigger disputes_ledger_update after update of payment_intent_id on disputes
when old.payment_intent_id <> new.payment_intent_id and new.payment_intent_id <> '' begin
  update balance_transactions set (order_id, country, klarna_category) = (select id, country, klarna_category from orders where id = new.payment_intent_id)
    where source_id = new.id and source_id <> '' and order_id = '' and exists (select 1 from orders where id = new.payment_intent_id);
end;

-- From which moment on the shop's clocks stand how far from UTC, in seconds: days and months begin at its midnight. Without a row: UTC.
-- When the zone changes, this table and the sums are written anew (RebuildLedger).
create table ledger_zone (
  start  integer primary key,
  offset integer not null
) strict;

-- Sums by day (20261123) and by month (202611) of the shop's zone. klarna: the rows that belong to an order.
create table ledger_sums (
  currency text    not null,
  period   integer not null,
  klarna   integer not null,
  category text    not null, -- Stripe's reporting category
  n        integer not null,
  amount   integer not null,
  fee      integer not null,
  net      integer not null,
  primary key (period, currency, klarna, category)
) strict, without rowid;

-- Klarna's rows by month, the customer's country and Klarna's payment category.
create table cost_sums (
  month           integer not null,
  currency        text    not null,
  country         text    not null,
  klarna_category text    not null,
  category        text    not null,
  n               integer not null,
  amount          integer not null,
  fee             integer not null,
  primary key (month, currency, country, klarna_category, category)
) strict, without rowid;

-- What each payout carried, its own row included.
create table payout_sums (
  payout_id text    not null,
  currency  text    not null,
  category  text    not null,
  n         integer not null,
  amount    integer not null,
  fee       integer not null,
  net       integer not null,
  primary key (payout_id, currency, category)
) strict, without rowid;

-- Each change of a row is one entry here, taken out as soon as it is counted: +1 for what is there now, -1 for what was.
create view ledger_changes as
  select 0 as sign, '' as currency, 0 as created, '' as order_id, '' as country, '' as klarna_category, '' as category, '' as payout_id,
    0 as amount, 0 as fee, 0 as net where 0;
create trigger ledger_changes_count instead of insert on ledger_changes begin
  insert into ledger_sums (currency, period, klarna, category, n, amount, fee, net)
    select new.currency, cast(strftime(f.form, new.created + coalesce((select offset from ledger_zone where start <= new.created order by start desc limit 1), 0),
      'unixepoch') as integer), new.order_id <> '', new.category, new.sign, new.sign * new.amount, new.sign * new.fee, new.sign * new.net
    from (select '%Y%m%d' as form union all select '%Y%m') f where true
    on conflict do update set n = n + excluded.n, amount = amount + excluded.amount, fee = fee + excluded.fee, net = net + excluded.net;
  insert into cost_sums (month, currency, country, klarna_category, category, n, amount, fee)
    select cast(strftime('%Y%m', new.created + coalesce((select offset from ledger_zone where start <= new.created order by start desc limit 1), 0),
      'unixepoch') as integer), new.currency, new.country, new.klarna_category, new.category, new.sign, new.sign * new.amount, new.sign * new.fee
    where new.order_id <> ''
    on conflict do update set n = n + excluded.n, amount = amount + excluded.amount, fee = fee + excluded.fee;
  insert into payout_sums (payout_id, currency, category, n, amount, fee, net)
    select new.payout_id, new.currency, new.category, new.sign, new.sign * new.amount, new.sign * new.fee, new.sign * new.net where new.payout_id <> ''
    on conflict do update set n = n + excluded.n, amount = amount + excluded.amount, fee = fee + excluded.fee, net = net + excluded.net;
end;
create trigger balance_transactions_count_insert after insert on balance_transactions begin
  insert into ledger_changes values (1, new.currency, new.created, new.order_id, new.country, new.klarna_category, new.reporting_category, new.payout_id,
    new.amount, new.fee, new.net);
end;
create trigger balance_transactions_count_delete after delete on balance_transactions begin
  insert into ledger_changes values (-1, old.currency, old.created, old.order_id, old.country, old.klarna_category, old.reporting_category, old.payout_id,
    old.amount, old.fee, old.net);
end;
create trigger balance_transactions_count_update after update on balance_transactions
when (old.currency, old.created, old.order_id, old.country, old.klarna_category, old.reporting_category, old.payout_id, old.amount, old.fee, old.net)
  is not (new.currency, new.created, new.order_id, new.country, new.klarna_category, new.reporting_category, new.payout_id, new.amount, new.fee, new.net)
begin
  insert into ledger_changes values (-1, old.currency, old.created, old.order_id, old.country, old.klarna_category, old.reporting_category, old.payout_id,
    old.amount, old.fee, old.net);
  insert into ledger_changes values (1, new.currency, new.created, new.order_id, new.country, new.klarna_category, new.reporting_category, new.payout_id,
    new.amount, new.fee, new.net);
end;

insert into ledger_changes
  select 1, currency, created, order_id, country, klarna_category, reporting_category, payout_id, amount, fee, net from balance_transactions;

-- The balance as Stripe gave it at one moment of its clock. Every row booked until then is in it and in the mirror.
create table balances (
  currency  text    primary key,
  available integer not null,
  pending   integer not null,
  as_of     integer not null
) strict, without rowid;

alter table payouts add column balance_transaction text not null default '';
alter table payouts add column failure_balance_transaction text not null default '';

create index payouts_created on payouts (created, id);
create index payouts_by_hand on payouts (currency, created) where automatic = 0;

-- The lines of a payout are read again when Stripe says something new of it.
create trigger payouts_read_again after update of status, reconciliation_status on payouts
when old.status <> new.status or old.reconciliation_status <> new.reconciliation_status begin
  delete from sync_progress where kind = 'payout ' || new.id;
end;

-- Payments of other methods than cards that belong to no order: Klarna's whose order is missing, or none of Klarna's.
create index balance_transactions_stray on balance_transactions (created, id) where order_id = '' and type = 'payment' and reporting_category = 'charge';
create index balance_transactions_stray_refunds on balance_transactions (created) where order_id = '' and type = 'payment_refund' and reporting_category = 'refund';
-- What the check of the books reads: Klarna's newest rows, and rows that do not add up, of which there should be none.
create index balance_transactions_klarna on balance_transactions (created) where order_id <> '';
create index balance_transactions_net_off on balance_transactions (created) where amount - fee <> net;
create index orders_not_booked on orders (captured_at) where status in ('captured', 'partly_captured') and balance_transaction = '';

-- What does not fit, found by the check of the books. explained_at: somebody said why it is so.
create table exceptions (
  kind            text    not null,
  object_id       text    not null,
  order_id        text    not null default '',
  currency        text    not null default '',
  amount          integer not null default 0,
  expected        integer not null default 0,
  detail          text    not null default '',
  at              integer not null,  -- when it happened
  found           integer not null,  -- when the check first saw it
  checked         integer not null,  -- when it last did
  explained_at    integer not null default 0,
  explained_by    text    not null default '',
  explained_name  text    not null default '',
  explanation     text    not null default '',
  primary key (kind, object_id)
) strict, without rowid;
create index exceptions_open on exceptions (at) where explained_at = 0;

-- Statements of the bank, each taken whole or not at all.
create table bank_files (
  id         text    primary key,
  name       text    not null,
  sha256     text    not null unique,
  account    text    not null default '',
  format     text    not null,
  first_day  integer not null,
  last_day   integer not null,
  entries    integer not null,
  repeated   integer not null default 0,
  staff_id   text    not null,
  staff_name text    not null default '',
  imported   integer not null
) strict;
create table bank_entries (
  id        text    primary key,  -- a hash over account, day, amount, texts, and which of several equal ones it is
  file_id   text    not null,
  line      integer not null,
  booked    integer not null,
  amount    integer not null,
  currency  text    not null,
  reference text    not null default '',
  text      text    not null default '',
  payout_id text    not null default '',
  certain   integer not null default 0,
  why       text    not null default ''
) strict;
create index bank_entries_booked on bank_entries (booked, id);
create index bank_entries_file on bank_entries (file_id);
create unique index bank_entries_payout on bank_entries (payout_id) where payout_id <> '';

-- Files of settlements stand beside those of orders.
alter table exports add column kind text not null default 'orders';
alter table exports add column file_name text not null default 'orders.csv';
