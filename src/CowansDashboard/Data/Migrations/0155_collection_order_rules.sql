-- How a collection's products are put in order beyond Shopify's own ways.
create table collection_order_rules (
    collection_id bigint primary key,
    store_id bigint not null references stores (id) on delete cascade,
    sorted_by text not null check (sorted_by in ('stock', 'newest', 'oldest', 'price', 'price-descending', 'title')),
    -- products that stay on top, in this order, by our ids
    pinned bigint[] not null default '{}',
    sold_out_last boolean not null,
    -- put in order again each night
    is_kept boolean not null default false,
    changed_by text not null,
    changed_at timestamptz not null default now()
);
create index collection_order_rules_store on collection_order_rules (store_id);
