-- The order list at a million orders. A rowid is made from its order's created, so an index of one column holds that column's orders in
-- the order of their creation: it needs no second column, and the table itself is the index of all of them.
drop index orders_all;
drop index orders_to_capture;
drop index orders_captured;
drop index orders_expired;
drop index orders_reference;
drop index orders_customer;

create index orders_status on orders (status);
create index orders_capture_by on orders (status, authorized_at);
create index orders_amount on orders (currency, amount);
create index orders_currency on orders (currency);
create index orders_country on orders (country) where country <> '';
create index orders_reference on orders (reference) where reference <> '';
create index orders_customer on orders (customer_id) where customer_id <> '';
create index orders_email on orders (customer_email collate nocase) where customer_email <> '';

-- The tab Expired holds what ran out; what was canceled on purpose is no loss. Authorizations that ran out and of which Stripe has not told
-- yet are added when the tab is read: they depend on the time.
drop trigger orders_count_insert;
drop trigger orders_count_delete;
drop trigger orders_count_update;

create trigger orders_count_insert after insert on orders begin
  update order_counts set n = n + 1 where case tab
    when 'all' then 1
    when 'to-capture' then new.status = 'authorized'
    when 'captured' then new.status in ('captured', 'partly_captured')
    when 'no-tracking' then new.status in ('captured', 'partly_captured') and new.has_tracking = 0
    when 'disputed' then new.dispute_status <> ''
    when 'refunded' then new.amount_refunded > 0
    when 'expired' then new.status = 'expired'
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
    when 'expired' then old.status = 'expired'
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
    when 'expired' then (new.status = 'expired') - (old.status = 'expired')
  end
  where tab <> 'all';
end;

update order_counts set n = (select count(*) from orders where status = 'expired') where tab = 'expired';
