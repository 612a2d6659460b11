alter table disputes add column operation_id text not null default '';
