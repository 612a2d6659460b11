-- The dispute desk: who has a dispute, what is drafted for it, the files of an order, and what was sent, once.

create table dispute_cases (
  dispute_id     text    primary key,
  goods          text    not null default '',
  assignee_id    text    not null default '',
  assignee_name  text    not null default '',
  version        integer not null default 0,
  saved_at       integer not null default 0,
  saved_by       text    not null default '',
  staged_version integer not null default 0,
  staged_at      integer not null default 0,
  stage_error    text    not null default ''
) strict;
create index dispute_cases_assignee on dispute_cases (assignee_id) where assignee_id <> '';

-- Only what a person wrote; what is known of the order is looked up each time.
create table draft_fields (
  dispute_id text    not null,
  field      text    not null,
  value      text    not null,
  staff_id   text    not null default '',
  staff_name text    not null default '',
  at         integer not null,
  primary key (dispute_id, field)
) strict, without rowid;

-- The evidence locker: files of an order, kept as they came.
create table documents (
  id         text    primary key,
  order_id   text    not null references orders (id),
  field      text    not null,
  name       text    not null,
  type       text    not null,
  pages      integer not null,
  size       integer not null,
  sha256     text    not null,
  note       text    not null default '',
  staff_id   text    not null default '',
  staff_name text    not null default '',
  created    integer not null,
  removed    integer not null default 0,
  content    blob    not null
) strict;
create index documents_order on documents (order_id, created);

-- The one file of a field of a dispute, made of documents. Stripe takes a file for one dispute only.
create table evidence_files (
  id         text    primary key,
  dispute_id text    not null,
  field      text    not null,
  made_of    text    not null,
  name       text    not null,
  type       text    not null,
  pages      integer not null,
  size       integer not null,
  sha256     text    not null,
  note       text    not null default '',
  file_id    text    not null default '',
  created    integer not null,
  content    blob    not null
) strict;
create unique index evidence_files_made on evidence_files (dispute_id, field, made_of);

create table submissions (
  id                text    primary key,
  dispute_id        text    not null,
  order_id          text    not null,
  amount            integer not null,
  currency          text    not null,
  draft_hash        text    not null,
  sha256            text    not null,
  sent              text    not null,
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
create unique index submissions_once on submissions (dispute_id) where state <> 'refused';
create unique index submissions_form_token on submissions (form_token) where form_token <> '';
create index submissions_pending on submissions (requested) where state = 'pending';

create table acceptances (
  id                text    primary key,
  dispute_id        text    not null,
  order_id          text    not null,
  amount            integer not null,
  currency          text    not null,
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
create unique index acceptances_once on acceptances (dispute_id) where state <> 'refused';
create unique index acceptances_form_token on acceptances (form_token) where form_token <> '';
create index acceptances_pending on acceptances (requested) where state = 'pending';

-- Disputes that Klarna runs by e-mail alone: answered by mail, kept here.
create table mail_disputes (
  id             text    primary key,
  order_id       text    not null default '',
  amount         integer not null default 0,
  currency       text    not null default '',
  reason         text    not null default '',
  status         text    not null,
  due_by         integer not null default 0,
  created        integer not null,
  note           text    not null default '',
  staff_id       text    not null default '',
  staff_name     text    not null default '',
  answered_at    integer not null default 0,
  answered_by    text    not null default '',
  letter_id      text    not null default '',
  letter_from    text    not null default '',
  letter_subject text    not null default '',
  letter_text    text    not null default '',
  letter_date    integer not null default 0,
  letter_sha256  text    not null default '',
  letter         blob
) strict;
create index mail_disputes_order on mail_disputes (order_id) where order_id <> '';
create unique index mail_disputes_letter on mail_disputes (letter_sha256) where letter_sha256 <> '';

-- Both kinds, for the inbox: what waits for us by its due date, a mail without one first; behind it everything else, the newest first.
create view dispute_list as
  select id, payment_intent_id as order_id, amount, currency, status, reason, klarna_reason, klarna_loss_reason, due_by, created,
    submission_count, 0 as by_mail,
    case when status in ('warning_needs_response', 'needs_response') and due_by > 0 then due_by else 200000000000 - created end as place
  from disputes
  union all
  select id, order_id, amount, currency, status, reason, '', '', due_by, created, 0, 1,
    case when status = 'mail_open' then due_by else 200000000000 - created end
  from mail_disputes;
