-- From what a shop's automatic collections are made: one rule for types, one for vendors, and so on. Which collection belongs to
-- a value is told by the collection's own condition, so nothing else has to be remembered of those that were made.
create table automatic_collection_rules (
    store_id bigint not null references stores (id) on delete cascade,
    grouped_by text not null check (grouped_by in ('type', 'vendor', 'tag', 'category')),
    name_pattern text not null,
    fewest_products integer not null,
    fewest_in_stock integer not null,
    -- values of which nobody wants a collection
    left_out text[] not null default '{}',
    -- where new ones are published, by our ids
    publications bigint[] not null default '{}',
    -- new ones are made each night
    is_kept boolean not null default false,
    changed_by text not null,
    changed_at timestamptz not null default now(),
    primary key (store_id, grouped_by)
);
