-- What the best-practice page counts: Klarna's advice to merchants, week by week. Each view is one rule, a row for each case; the sums of its
-- weeks are kept by triggers: what a row was is taken off before it changes, what it has become is added.
alter table orders add column tracked_at    integer not null default 0; -- when the tracking number was first seen; 0: none, or seen too late to tell
alter table orders add column carrier_vague integer not null default 0; -- its carrier is named too loosely
alter table orders add column shipped_from  integer not null default 0; -- where the first day of shipping began, in the shop's zone; 0: not known
alter table orders add column seen_at       integer not null default 0; -- Stripe's clock of the first snapshot in the row
alter table disputes add column inquiry  integer not null default 0; -- it was seen as an inquiry
alter table disputes add column acted_at integer not null default 0; -- when a person of the shop first did something about it

update orders set tracked_at = coalesce((select min(created) from shipments where order_id = orders.id and tracking_number <> ''), 0) where has_tracking = 1;
update orders set seen_at = captured_at + 2592001 where captured_at > 0; -- when they were tracked was not kept: they are no case
update orders set carrier_vague = 1 where has_tracking = 1 and lower(trim(coalesce(nullif(json_extract(charge_shipping, '$.Carrier'), ''),
  json_extract(shipping, '$.Carrier'), ''))) in ('', 'dhl', 'other', 'other carrier', 'unknown'); -- the rest with the next reading
update disputes set inquiry = 1 where status like 'warning%';
update disputes set acted_at = coalesce((select min(at) from (
  select a.at as at from audit_entries a where a.staff_id <> '' and a.object_id = disputes.id and a.at >= disputes.created
  union all select r.created from refunds r where r.payment_intent_id = disputes.payment_intent_id and r.payment_intent_id <> '' and r.created >= disputes.created)), 0);

-- Weeks are written as their Monday, 20261123, of the shop's zone (ledger_zone).
create view practice_captures as
  select rowid as nr, cast(strftime('%Y%m%d', captured_at + coalesce((select offset from ledger_zone where start <= captured_at order by start desc limit 1), 0),
      'unixepoch', 'weekday 0', '-6 days') as integer) as week,
    substr(capture_method, 1, 9) = 'automatic' as automatic,
    1 as captured,
    shipped_from > 0 as dated,
    shipped_from > 0 and captured_at >= shipped_from as shipped,
    seen_at <= captured_at + 2592000 and (has_tracking = 0 or tracked_at > 0) as timed, -- Stripe tells the events of 30 days
    seen_at <= captured_at + 2592000 and tracked_at > 0 and tracked_at <= captured_at + 600 as at_capture,
    seen_at <= captured_at + 2592000 and tracked_at > 0 and tracked_at <= captured_at + 86400 as in_a_day,
    has_tracking as carried,
    has_tracking = 1 and carrier_vague = 0 as named
  from orders where status in ('captured', 'partly_captured') and captured_at > 0;

create view practice_ends as
  select rowid as nr, cast(strftime('%Y%m%d', ended + coalesce((select offset from ledger_zone where start <= ended order by start desc limit 1), 0),
      'unixepoch', 'weekday 0', '-6 days') as integer) as week, currency, 1 as ended, expired, expired * amount as worth
  from (select rowid, currency, amount, status = 'expired' as expired, iif(status in ('captured', 'partly_captured'), captured_at, canceled_at) as ended
    from orders where status in ('captured', 'partly_captured', 'expired') or status = 'canceled' and authorized_at > 0)
  where ended > 0;

-- A dispute that was over before anybody had to act, and one answered elsewhere at a moment that is not known, are no case.
create view practice_disputes as
  select rowid as nr, cast(strftime('%Y%m%d', created + coalesce((select offset from ledger_zone where start <= created order by start desc limit 1), 0),
      'unixepoch', 'weekday 0', '-6 days') as integer) as week,
    acted_at > 0 or submission_count = 0 and status not in ('warning_closed', 'prevented', 'charge_refunded') as disputed,
    acted_at > 0 and acted_at <= created + 3600 as in_1h,
    acted_at > 0 and acted_at <= created + 14400 as in_4h,
    acted_at > 0 and acted_at <= created + 43200 as in_12h,
    acted_at > 0 and acted_at <= created + 86400 as in_24h,
    acted_at > 0 and acted_at <= created + 172800 as in_48h,
    acted_at > 0 and acted_at <= created + 345600 as in_96h,
    inquiry as inquired,
    inquiry = 1 and status in ('warning_closed', 'prevented', 'charge_refunded') as settled,
    inquiry = 1 and status in ('warning_needs_response', 'warning_under_review') as undecided
  from disputes;

-- Answers to chargebacks over goods that are shipped.
create view practice_answers as
  select s.rowid as nr, cast(strftime('%Y%m%d', requested + coalesce((select offset from ledger_zone where start <= requested order by start desc limit 1), 0),
      'unixepoch', 'weekday 0', '-6 days') as integer) as week, 1 as answered,
    exists (select 1 from json_each(s.sent) where value ->> 'field' = 'shipping_documentation') as proven
  from submissions s where state = 'succeeded'
    and coalesce((select goods from dispute_cases c where c.dispute_id = s.dispute_id), '') in ('', 'physical');

create table practice_capture_weeks (
  week integer not null, automatic integer not null, captured integer not null, dated integer not null, shipped integer not null,
  timed integer not null, at_capture integer not null, in_a_day integer not null, carried integer not null, named integer not null,
  primary key (week, automatic)
) strict, without rowid;
create table practice_end_weeks (
  week integer not null, currency text not null, ended integer not null, expired integer not null, worth integer not null,
  primary key (week, currency)
) strict, without rowid;
create table practice_dispute_weeks (
  week integer primary key, disputed integer not null, in_1h integer not null, in_4h integer not null, in_12h integer not null, in_24h integer not null,
  in_48h integer not null, in_96h integer not null, inquired integer not null, settled integer not null, undecided integer not null
) strict, without rowid;
create table practice_answer_weeks (
  week integer primary key, answered integer not null, proven integer not null
) strict, without rowid;

-- Adding a row's case to its week, or taking it off (sign -1).
create view practice_orders as select 0 as sign, 0 as nr where 0;
create trigger practice_orders_count instead of insert on practice_orders begin
  insert into practice_capture_weeks
    select week, automatic, new.sign, new.sign * dated, new.sign * shipped, new.sign * timed, new.sign * at_capture, new.sign * in_a_day, new.sign * carried,
      new.sign * named from practice_captures where nr = new.nr
    on conflict do update set captured = captured + excluded.captured, dated = dated + excluded.dated, shipped = shipped + excluded.shipped,
      timed = timed + excluded.timed, at_capture = at_capture + excluded.at_capture, in_a_day = in_a_day + excluded.in_a_day,
      carried = carried + excluded.carried, named = named + excluded.named;
  insert into practice_end_weeks
    select week, currency, new.sign, new.sign * expired, new.sign * worth from practice_ends where nr = new.nr
    on conflict do update set ended = ended + excluded.ended, expired = expired + excluded.expired, worth = worth + excluded.worth;
end;
create trigger orders_practice_insert after insert on orders when new.status in ('captured', 'partly_captured', 'expired', 'canceled') begin
  insert into practice_orders values (1, new.rowid);
end;
create trigger orders_practice_delete before delete on orders when old.status in ('captured', 'partly_captured', 'expired', 'canceled') begin
  insert into practice_orders values (-1, old.rowid);
end;
create trigger orders_practice_before
before update of status, captured_at, canceled_at, capture_method, has_tracking, tracked_at, carrier_vague, shipped_from, amount, currency, authorized_at on orders
when old.status in ('captured', 'partly_captured', 'expired', 'canceled')
  and (old.status, old.captured_at, old.canceled_at, old.capture_method, old.has_tracking, old.tracked_at, old.carrier_vague, old.shipped_from, old.amount, old.currency, old.authorized_at)
  is not (new.status, new.captured_at, new.canceled_at, new.capture_method, new.has_tracking, new.tracked_at, new.carrier_vague, new.shipped_from, new.amount, new.currency, new.authorized_at)
begin
  insert into practice_orders values (-1, old.rowid);
end;
create trigger orders_practice_after
after update of status, captured_at, canceled_at, capture_method, has_tracking, tracked_at, carrier_vague, shipped_from, amount, currency, authorized_at on orders
when new.status in ('captured', 'partly_captured', 'expired', 'canceled')
  and (old.status, old.captured_at, old.canceled_at, old.capture_method, old.has_tracking, old.tracked_at, old.carrier_vague, old.shipped_from, old.amount, old.currency, old.authorized_at)
  is not (new.status, new.captured_at, new.canceled_at, new.capture_method, new.has_tracking, new.tracked_at, new.carrier_vague, new.shipped_from, new.amount, new.currency, new.authorized_at)
begin
  insert into practice_orders values (1, new.rowid);
end;

-- A refund is something that the shop did about a dispute. Whoever writes a dispute asks for it too: a trigger of its own table would not be
-- counted, as triggers do not fire within themselves.
create view practice_refunded as select '' as order_id where 0;
create trigger practice_refunded_first instead of insert on practice_refunded begin
  update disputes set acted_at = r.first from (select d.id, min(f.created) as first from disputes d join refunds f on f.payment_intent_id = d.payment_intent_id
      and f.created >= d.created where d.payment_intent_id = new.order_id and d.payment_intent_id <> '' group by d.id) r
    where disputes.id = r.id and (disputes.acted_at = 0 or disputes.acted_at > r.first);
end;
create view practice_cases as select 0 as sign, 0 as nr where 0;
create trigger practice_cases_count instead of insert on practice_cases begin
  insert into practice_dispute_weeks
    select week, new.sign * disputed, new.sign * in_1h, new.sign * in_4h, new.sign * in_12h, new.sign * in_24h, new.sign * in_48h, new.sign * in_96h,
      new.sign * inquired, new.sign * settled, new.sign * undecided from practice_disputes where nr = new.nr
    on conflict do update set disputed = disputed + excluded.disputed, in_1h = in_1h + excluded.in_1h, in_4h = in_4h + excluded.in_4h,
      in_12h = in_12h + excluded.in_12h, in_24h = in_24h + excluded.in_24h, in_48h = in_48h + excluded.in_48h, in_96h = in_96h + excluded.in_96h,
      inquired = inquired + excluded.inquired, settled = settled + excluded.settled, undecided = undecided + excluded.undecided;
end;
create trigger disputes_practice_insert after insert on disputes begin
  insert into practice_cases values (1, new.rowid);
end;
create trigger disputes_practice_delete before delete on disputes begin
  insert into practice_cases values (-1, old.rowid);
end;
create trigger disputes_practice_before before update on disputes
when (old.status, old.created, old.acted_at, old.submission_count, old.inquiry) is not (new.status, new.created, new.acted_at, new.submission_count, new.inquiry) begin
  insert into practice_cases values (-1, old.rowid);
end;
create trigger disputes_practice_after after update on disputes
when (old.status, old.created, old.acted_at, old.submission_count, old.inquiry) is not (new.status, new.created, new.acted_at, new.submission_count, new.inquiry) begin
  insert into practice_cases values (1, new.rowid);
end;

-- An answer is counted once Stripe has it. What was sold is not changed any more then.
create trigger submissions_practice_insert after insert on submissions when new.state = 'succeeded' begin
  insert into practice_answer_weeks select week, answered, proven from practice_answers where nr = new.rowid
    on conflict do update set answered = answered + excluded.answered, proven = proven + excluded.proven;
end;
create trigger submissions_practice_update after update of state on submissions when old.state <> 'succeeded' and new.state = 'succeeded' begin
  insert into practice_answer_weeks select week, answered, proven from practice_answers where nr = new.rowid
    on conflict do update set answered = answered + excluded.answered, proven = proven + excluded.proven;
end;

-- The first thing that a person did about a dispute: from our log, and from Stripe's refunds.
create trigger audit_entries_first_action after insert on audit_entries
when new.staff_id <> '' and new.action in ('dispute.draft_saved', 'dispute.assigned', 'submission.requested', 'acceptance.requested', 'refund.requested', 'order.document_added') begin
  update disputes set acted_at = new.at where id = new.object_id and acted_at = 0 and created <= new.at;
  update disputes set acted_at = new.at where payment_intent_id = new.object_id and payment_intent_id <> '' and acted_at = 0 and created <= new.at
    and status not in ('won', 'lost', 'warning_closed', 'prevented', 'charge_refunded');
end;
create trigger refunds_first_action after insert on refunds when new.payment_intent_id <> '' begin
  insert into practice_refunded values (new.payment_intent_id);
end;
create trigger refunds_first_action_late after update of payment_intent_id on refunds when old.payment_intent_id <> new.payment_intent_id and new.payment_intent_id <> '' begin
  insert into practice_refunded values (new.payment_intent_id);
end;
-- The first day of shipping, from the capture's form and from parcels that were not replaced. Its midnight is of the zone as it is now.
create view practice_shipped as select '' as order_id where 0;
create trigger practice_shipped_first instead of insert on practice_shipped begin
  update orders set shipped_from = coalesce((select min(unixepoch(day) - coalesce((select offset from ledger_zone where start + offset <= unixepoch(day)
      order by start desc limit 1), 0)) from (
      select shipped_on as day from shipments where order_id = new.order_id and replaced_by = '' and shipped_on <> ''
      union all select shipped_on from captures where order_id = new.order_id and state = 'succeeded' and shipped_on <> ''
        and not exists (select 1 from shipments where order_id = new.order_id and shipped_on <> ''))), 0)
    where id = new.order_id;
end;
create trigger shipments_practice_insert after insert on shipments begin insert into practice_shipped values (new.order_id); end;
create trigger shipments_practice_update after update of replaced_by on shipments begin insert into practice_shipped values (new.order_id); end;
create trigger captures_practice_update after update of state on captures when new.state = 'succeeded' begin insert into practice_shipped values (new.order_id); end;

-- The orders and disputes behind what was not met.
create index orders_captured_by_itself on orders (captured_at) where status in ('captured', 'partly_captured') and substr(capture_method, 1, 9) = 'automatic';
create index orders_captured_early on orders (captured_at) where status in ('captured', 'partly_captured') and shipped_from > captured_at;
create index orders_tracked_late on orders (captured_at, tracked_at)
  where status in ('captured', 'partly_captured') and (has_tracking = 0 or tracked_at > captured_at + 600) and seen_at <= captured_at + 2592000;
create index orders_carrier_vague on orders (captured_at) where status in ('captured', 'partly_captured') and has_tracking = 1 and carrier_vague = 1;
create index orders_ran_out on orders (canceled_at) where status = 'expired';
create index disputes_created on disputes (created);
create index disputes_not_acted on disputes (created) where acted_at = 0;
create index disputes_undecided on disputes (due_by) where inquiry = 1 and status in ('warning_needs_response', 'warning_under_review');

-- The shop's zone is set anew at the next start, and with it the days of shipping and all sums are made of the rows.
delete from settings where name = 'ledger_zone';
