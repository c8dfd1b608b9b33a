-- What waits of collections is sent by the same plans as what waits of products; such an item belongs to no product, its product_id is 0.
alter table push_items add column collection_id bigint;
alter table push_plans add column collections integer not null default 0;

-- A collection is sent by one run at a time. A claim of a run that is over counts for nothing.
create table push_collection_claims (
    collection_id bigint primary key,
    run_id bigint not null,
    claimed_at timestamptz not null default now()
);
create index push_collection_claims_run on push_collection_claims (run_id);

-- A collection that Shopify does not know yet is created under this id, so that it is found before it would be made a second time.
create table push_collection_creates (
    collection_id bigint primary key,
    custom_id uuid not null default gen_random_uuid()
);
