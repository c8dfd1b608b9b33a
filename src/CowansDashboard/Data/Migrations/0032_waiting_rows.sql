-- Few rows wait for Shopify at any time. A summary asks for them per product; these indexes hold only them, so that
-- the question costs next to nothing, also in the middle of a first pull when the tables have no statistics yet.

create index product_options_waiting on product_options (product_id) where pending is not null;
create index media_waiting on media (product_id) where pending is not null;
create index metafields_waiting on metafields (owner_id, owner_kind) where pending is not null or mark <> 0 and deleted_at is null;
create index inventory_levels_waiting on inventory_levels (variant_id) where pending is not null;
create index collection_members_waiting on collection_members (product_id) where pending is not null or mark <> 0;
create index product_publications_waiting on product_publications (product_id) where pending is not null or mark <> 0;
