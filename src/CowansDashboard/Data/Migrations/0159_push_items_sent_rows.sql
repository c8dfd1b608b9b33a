-- concurrently
create index concurrently if not exists push_items_sent_rows on push_items (entity, entity_id) where status = 'sent';
