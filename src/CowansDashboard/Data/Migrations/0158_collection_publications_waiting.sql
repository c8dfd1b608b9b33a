-- concurrently
create index concurrently if not exists collection_publications_waiting on collection_publications (store_id, collection_id) where mark <> 0;
