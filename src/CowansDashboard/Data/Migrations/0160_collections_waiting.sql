-- concurrently
create index concurrently if not exists collections_waiting on collections (store_id, id) where pending is not null or mark <> 0;
