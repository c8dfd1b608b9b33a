-- Categories that are deleted for good: what history calls them.
create table purged_categories (
    id bigint primary key,
    store_id bigint not null,
    name text not null,
    deleted_at timestamptz not null,
    purged_at timestamptz not null default now()
);
