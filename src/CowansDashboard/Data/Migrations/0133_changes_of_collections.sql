-- concurrently
-- The history of one collection, without a look at everybody's changes.
create index concurrently if not exists changes_collection on changes (collection_id, id desc) where collection_id is not null;
