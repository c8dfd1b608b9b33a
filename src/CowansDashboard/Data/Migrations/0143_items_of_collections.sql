-- concurrently
-- When a change of one collection arrived in Shopify, without a look at everybody's plans.
create index concurrently if not exists push_items_collection on push_items (collection_id, id desc) where collection_id is not null;
