-- The few media that Shopify is still making are found without reading the rest.
create index media_unready on media (store_id) where status in ('UPLOADED', 'PROCESSING') and deleted_at is null;
