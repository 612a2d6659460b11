-- Our own refunds. An order may have several; one form makes one. The id goes to Stripe as metadata[operation_id], by which a refund
-- whose answer was lost is found again.

create table refund_acts (
  id                text    primary key,
  order_id          text    not null references orders (id),
  amount            integer not null check (amount > 0),
  currency          text    not null,
  reason            text    not null default '',
  note              text    not null default '',
  refund_id         text    not null default '',
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
create unique index refund_acts_form_token on refund_acts (form_token) where form_token <> '';
create index refund_acts_order on refund_acts (order_id, requested);
create index refund_acts_pending on refund_acts (requested) where state = 'pending';

-- Refunds that failed, for Today.
create index refunds_failed on refunds (created) where status = 'failed';
