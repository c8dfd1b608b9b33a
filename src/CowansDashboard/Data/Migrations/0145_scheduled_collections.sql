-- Collections are scheduled like products. A row of a collection, its sources or its places has product_id 0 and the collection; one that
-- puts a product in or takes it out has both.
alter table bulk_items add column collection_id bigint;
alter table schedule_layers add column collection_id bigint;
