-- concurrently
-- Metafields that were made here and that Shopify does not have yet: a pull that brings new ones asks for those of the same owners.
create index concurrently if not exists metafields_made on metafields (store_id, owner_id) where mark = 1;
