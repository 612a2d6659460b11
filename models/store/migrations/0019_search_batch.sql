-- Before a statement with triggers SQLite has FTS5 write what it gathered, so orders that share a commit were each written for themselves, and
-- merged afterwards. Now the transaction notes whose letters changed, and its end hands all of them over at once.
create table order_search_waiting (
  nr    integer primary key, -- the order's rowid
  known integer not null     -- order_search has it, as it was before
) strict;

drop trigger orders_search_insert;
drop trigger orders_search_delete;
drop trigger orders_search_update;
create trigger orders_search_insert after insert on orders when new.search_text <> '' begin
  insert into order_search_waiting values (new.rowid, 0) on conflict do nothing;
end;
create trigger orders_search_delete after delete on orders when old.search_text <> '' begin
  insert into order_search_waiting values (old.rowid, 1) on conflict do nothing;
end;
create trigger orders_search_update after update of search_text on orders when old.search_text <> new.search_text begin
  insert into order_search_waiting values (new.rowid, old.search_text <> '') on conflict do nothing;
end;
