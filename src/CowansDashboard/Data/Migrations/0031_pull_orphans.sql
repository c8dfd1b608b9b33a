-- Items with stock at a location that the copy did not hold yet, by Shopify's ids: read again before the pull ends.
create table pull_orphans (
    run_id bigint not null,
    inventory_item_id bigint not null,
    primary key (run_id, inventory_item_id)
);
