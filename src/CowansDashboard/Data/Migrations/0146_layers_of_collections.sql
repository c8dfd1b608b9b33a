-- concurrently
-- Which schedules hold a collection, or will.
create index concurrently if not exists schedule_layers_collection on schedule_layers (collection_id) where collection_id is not null and state in ('waiting', 'active');
