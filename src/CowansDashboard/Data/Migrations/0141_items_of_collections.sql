-- concurrently
create index concurrently if not exists push_items_of_collections on push_items (plan_id, collection_id) where collection_id is not null;
