-- Acts on many orders: drafted, shown, confirmed, then run row by row.
create table batches (
  id         text    primary key,
  kind       text    not null check (kind in ('capture', 'cancel', 'track', 'ship')),
  state      text    not null check (state in ('draft', 'running', 'done')),
  source     text    not null default '',
  form_token text    not null default '',
  reason     text    not null default '',
  staff_id   text    not null default '',
  staff_name text    not null default '',
  created    integer not null,
  started    integer not null default 0,
  finished   integer not null default 0
) strict;
create index batches_created on batches (created);

create table batch_rows (
  batch_id          text    not null, -- written before its batch: a batch that is there is whole
  line              integer not null,
  order_id          text    not null default '',
  order_text        text    not null default '',
  act               text    not null default '',
  amount            integer not null default 0,
  released          integer not null default 0,
  currency          text    not null default '',
  carrier           text    not null default '',
  carrier_name      text    not null default '',
  tracking_number   text    not null default '',
  shipped_on        text    not null default '',
  has_tracking      integer not null default 0,
  code              text    not null default '',
  message           text    not null default '',
  advice            text    not null default '',
  state             text    not null check (state in ('left_out', 'waiting', 'done', 'refused', 'unknown')),
  attempt           integer not null default 0,
  error_message     text    not null default '',
  stripe_request_id text    not null default '',
  primary key (batch_id, line)
) strict, without rowid;
create index batch_rows_state on batch_rows (batch_id, state, line);
