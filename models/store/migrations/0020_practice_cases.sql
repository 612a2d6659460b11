-- What best practice counts, put right: an act counts until a dispute is out of the shop's hands; one that allows no response is no case, nor
-- is a capture that Stripe made by itself of an authorization that does not run out; a parcel on the ground "within 24 hours" has that day.
alter table disputes add column ended_at integer not null default 0; -- when it was first seen over or answered; 0: not yet
alter table ledger_zone add column days_from integer not null default 0; -- the first midnight, as if of UTC, that is told by this offset
alter table practice_capture_weeks add column soon integer not null default 0; -- shipped within 24 hours

drop view practice_captures;
create view practice_captures as
  select rowid as nr, cast(strftime('%Y%m%d', captured_at + coalesce((select offset from ledger_zone where start <= captured_at order by start desc limit 1), 0),
      'unixepoch', 'weekday 0', '-6 days') as integer) as week,
    substr(capture_method, 1, 9) = 'automatic' as automatic,
    1 as captured,
    shipped_from > 0 as dated,
    shipped_from > 0 and captured_at >= shipped_from as shipped,
    shipped_from > 0 and captured_at + 86400 >= shipped_from as soon,
    seen_at <= captured_at + 2592000 and (has_tracking = 0 or tracked_at > 0) as timed, -- Stripe tells the events of 30 days
    seen_at <= captured_at + 2592000 and tracked_at > 0 and tracked_at <= captured_at + 600 as at_capture,
    seen_at <= captured_at + 2592000 and tracked_at > 0 and tracked_at <= captured_at + 86400 as in_a_day,
    has_tracking as carried,
    has_tracking = 1 and carrier_vague = 0 as named
  from orders where status in ('captured', 'partly_captured') and captured_at > 0;

drop view practice_ends;
create view practice_ends as
  select rowid as nr, cast(strftime('%Y%m%d', ended + coalesce((select offset from ledger_zone where start <= ended order by start desc limit 1), 0),
      'unixepoch', 'weekday 0', '-6 days') as integer) as week, currency, 1 as ended, expired, expired * amount as worth
  from (select rowid, currency, amount, status = 'expired' as expired, iif(status in ('captured', 'partly_captured'), captured_at, canceled_at) as ended
    from orders where status in ('captured', 'partly_captured') and substr(capture_method, 1, 9) <> 'automatic' or status = 'expired'
      or status = 'canceled' and authorized_at > 0)
  where ended > 0;

-- What was done after a dispute was over or answered was not done about it. One that was over by itself, one that was answered elsewhere at a
-- moment that is not known, and one that was lost without a day to respond by are no case, as long as nobody acted on it.
drop view practice_disputes;
create view practice_disputes as
  select nr, cast(strftime('%Y%m%d', created + coalesce((select offset from ledger_zone where start <= created order by start desc limit 1), 0),
      'unixepoch', 'weekday 0', '-6 days') as integer) as week,
    acted > 0 or asked as disputed,
    acted > 0 and acted <= created + 3600 as in_1h,
    acted > 0 and acted <= created + 14400 as in_4h,
    acted > 0 and acted <= created + 43200 as in_12h,
    acted > 0 and acted <= created + 86400 as in_24h,
    acted > 0 and acted <= created + 172800 as in_48h,
    acted > 0 and acted <= created + 345600 as in_96h,
    inquiry as inquired,
    inquiry = 1 and status in ('warning_closed', 'prevented', 'charge_refunded') as settled,
    inquiry = 1 and status in ('warning_needs_response', 'warning_under_review') as undecided,
    created, due_by, acted, asked
  from (select rowid as nr, created, due_by, inquiry, status,
      iif(ended_at > 0 and acted_at > ended_at + 300, 0, acted_at) as acted, -- our clock and Stripe's differ
      submission_count = 0 and status not in ('warning_closed', 'prevented', 'charge_refunded') and not (status = 'lost' and due_by = 0) as asked
    from disputes);

drop trigger practice_orders_count;
create trigger practice_orders_count instead of insert on practice_orders begin
  insert into practice_capture_weeks (week, automatic, captured, dated, shipped, soon, timed, at_capture, in_a_day, carried, named)
    select week, automatic, new.sign, new.sign * dated, new.sign * shipped, new.sign * soon, new.sign * timed, new.sign * at_capture, new.sign * in_a_day,
      new.sign * carried, new.sign * named from practice_captures where nr = new.nr
    on conflict do update set captured = captured + excluded.captured, dated = dated + excluded.dated, shipped = shipped + excluded.shipped,
      soon = soon + excluded.soon, timed = timed + excluded.timed, at_capture = at_capture + excluded.at_capture, in_a_day = in_a_day + excluded.in_a_day,
      carried = carried + excluded.carried, named = named + excluded.named;
  insert into practice_end_weeks
    select week, currency, new.sign, new.sign * expired, new.sign * worth from practice_ends where nr = new.nr
    on conflict do update set ended = ended + excluded.ended, expired = expired + excluded.expired, worth = worth + excluded.worth;
end;

drop trigger disputes_practice_before;
create trigger disputes_practice_before before update on disputes
when (old.status, old.created, old.due_by, old.acted_at, old.ended_at, old.submission_count, old.inquiry)
  is not (new.status, new.created, new.due_by, new.acted_at, new.ended_at, new.submission_count, new.inquiry) begin
  insert into practice_cases values (-1, old.rowid);
end;
drop trigger disputes_practice_after;
create trigger disputes_practice_after after update on disputes
when (old.status, old.created, old.due_by, old.acted_at, old.ended_at, old.submission_count, old.inquiry)
  is not (new.status, new.created, new.due_by, new.acted_at, new.ended_at, new.submission_count, new.inquiry) begin
  insert into practice_cases values (1, new.rowid);
end;

-- The first thing that a person did about a dispute, from our log; giving it to nobody is none.
drop trigger audit_entries_first_action;
create trigger audit_entries_first_action after insert on audit_entries
when new.staff_id <> '' and (new.action in ('dispute.draft_saved', 'submission.requested', 'acceptance.requested', 'refund.requested', 'order.document_added')
  or new.action = 'dispute.assigned' and coalesce(json_extract(new.details, '$.to'), '') <> '') begin
  update disputes set acted_at = new.at where id = new.object_id and acted_at = 0 and created <= new.at;
  update disputes set acted_at = new.at where payment_intent_id = new.object_id and payment_intent_id <> '' and acted_at = 0 and created <= new.at;
end;

-- Only parcels that were not replaced say when an order was shipped.
drop trigger practice_shipped_first;
create trigger practice_shipped_first instead of insert on practice_shipped begin
  update orders set shipped_from = coalesce((select min(unixepoch(day) - coalesce((select offset from ledger_zone where days_from <= unixepoch(day)
      order by start desc limit 1), 0)) from (
      select shipped_on as day from shipments where order_id = new.order_id and replaced_by = '' and shipped_on <> ''
      union all select shipped_on from captures where order_id = new.order_id and state = 'succeeded' and shipped_on <> ''
        and not exists (select 1 from shipments where order_id = new.order_id and replaced_by = '' and shipped_on <> ''))), 0)
    where id = new.order_id;
end;

-- An index for what waits is not needed: the disputes of a day are few.
drop index disputes_not_acted;

-- How many disputes there are of each status: every page shows those that are open.
create table dispute_counts (status text primary key, n integer not null) strict, without rowid;
create trigger disputes_counted after insert on disputes begin
  insert into dispute_counts values (new.status, 1) on conflict do update set n = n + 1;
end;
create trigger disputes_counted_no_more after delete on disputes begin
  update dispute_counts set n = n - 1 where status = old.status;
end;
create trigger disputes_counted_anew after update of status on disputes when old.status <> new.status begin
  update dispute_counts set n = n - 1 where status = old.status;
  insert into dispute_counts values (new.status, 1) on conflict do update set n = n + 1;
end;
insert into dispute_counts select status, count(*) from disputes group by 1;

-- What Stripe's events and our log tell of the disputes that are there: that they began as inquiries, when they were over, who acted first.
create temp table told as
  select object_id as id, min(created) filter (where status in ('won', 'lost', 'warning_closed', 'prevented', 'charge_refunded') or submissions > 0) as ended_at,
    max(status like 'warning%') as inquiry
  from (select object_id, created, coalesce(json_extract(body, '$.data.object.status'), '') as status,
      coalesce(json_extract(body, '$.data.object.evidence_details.submission_count'), 0) as submissions
    from (select object_id, created, cast(payload as text) as body from stripe_events where type like 'charge.dispute.%') where json_valid(body))
  group by 1;
update disputes set inquiry = 1 where id in (select id from told where inquiry = 1);
update disputes set ended_at = coalesce((select ended_at from told t where t.id = disputes.id), 0);
drop table told;
update disputes set acted_at = coalesce((select min(at) from (
  select a.at as at from audit_entries a where a.staff_id <> '' and a.object_id in (disputes.id, nullif(disputes.payment_intent_id, '')) and a.at >= disputes.created
    and (a.action in ('dispute.draft_saved', 'submission.requested', 'acceptance.requested', 'refund.requested', 'order.document_added')
      or a.action = 'dispute.assigned' and coalesce(json_extract(a.details, '$.to'), '') <> '')
  union all select r.created from refunds r where r.payment_intent_id = disputes.payment_intent_id and r.payment_intent_id <> '' and r.created >= disputes.created)), 0);

-- All sums are made of the rows at the next start.
delete from settings where name = 'ledger_zone';
