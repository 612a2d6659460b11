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
  update order_counts set n = n + 1 where tab = 'all';
  update order_counts set n = n + 1 where tab = case new.status when 'authorized' then 'to-capture' when 'captured' then 'captured'
    when 'partly_captured' then 'captured' when 'expired' then 'expired' end;
  update order_counts set n = n + 1 where new.status in ('captured', 'partly_captured') and new.has_tracking = 0 and tab = 'no-tracking';
  update order_counts set n = n + 1 where new.dispute_status <> '' and tab = 'disputed';
  update order_counts set n = n + 1 where new.amount_refunded > 0 and tab = 'refunded';
end;

create trigger orders_count_delete after delete on orders begin
  update order_counts set n = n - 1 where tab = 'all';
  update order_counts set n = n - 1 where tab = case old.status when 'authorized' then 'to-capture' when 'captured' then 'captured'
    when 'partly_captured' then 'captured' when 'expired' then 'expired' end;
  update order_counts set n = n - 1 where old.status in ('captured', 'partly_captured') and old.has_tracking = 0 and tab = 'no-tracking';
  update order_counts set n = n - 1 where old.dispute_status <> '' and tab = 'disputed';
  update order_counts set n = n - 1 where old.amount_refunded > 0 and tab = 'refunded';
end;

create trigger orders_count_status after update of status on orders when old.status <> new.status begin
  update order_counts set n = n - 1 where tab = case old.status when 'authorized' then 'to-capture' when 'captured' then 'captured'
    when 'partly_captured' then 'captured' when 'expired' then 'expired' end;
  update order_counts set n = n + 1 where tab = case new.status when 'authorized' then 'to-capture' when 'captured' then 'captured'
    when 'partly_captured' then 'captured' when 'expired' then 'expired' end;
end;

create trigger orders_count_no_tracking after update of status, has_tracking on orders
when (old.status in ('captured', 'partly_captured') and old.has_tracking = 0) <> (new.status in ('captured', 'partly_captured') and new.has_tracking = 0)
begin
  update order_counts set n = n + iif(new.status in ('captured', 'partly_captured') and new.has_tracking = 0, 1, -1) where tab = 'no-tracking';
end;

create trigger orders_count_disputed after update of dispute_status on orders when (old.dispute_status <> '') <> (new.dispute_status <> '') begin
  update order_counts set n = n + iif(new.dispute_status <> '', 1, -1) where tab = 'disputed';
end;

create trigger orders_count_refunded after update of amount_refunded on orders when (old.amount_refunded > 0) <> (new.amount_refunded > 0) begin
  update order_counts set n = n + iif(new.amount_refunded > 0, 1, -1) where tab = 'refunded';
end;

update order_counts set n = (select count(*) from orders where status = 'expired') where tab = 'expired';
