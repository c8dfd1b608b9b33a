-- concurrently
create index concurrently if not exists collection_sources_waiting on collection_sources (store_id, collection_id) where pending is not null or mark <> 0;
