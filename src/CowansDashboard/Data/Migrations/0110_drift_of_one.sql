-- concurrently
-- What was read again settles what differed in it, without a look at everything else that differs.
create index concurrently if not exists drift_open_products on drift (store_id, product_shopify_id) where state = 'open';
create index concurrently if not exists drift_open_collections on drift (store_id, collection_shopify_id) where state = 'open';
