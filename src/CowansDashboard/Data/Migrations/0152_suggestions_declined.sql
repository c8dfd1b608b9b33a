-- Suggestions for types and collections that somebody does not want: they stay away from this shop until they are brought back.
create table suggestions_declined (
    store_id bigint not null references stores (id) on delete cascade,
    key text not null,
    title text not null,
    declined_by text not null,
    declined_at timestamptz not null default now(),
    primary key (store_id, key)
);
