-- The grid never shows what is gone in Shopify unless asked to. Saying so in the indexes lets a count and a jump
-- read an index alone, without a visit to every row.
drop index product_summaries_title, product_summaries_vendor, product_summaries_updated, product_summaries_price, product_summaries_stock;
create index product_summaries_title on product_summaries (store_id, title collate "und-x-icu", product_id) where sync_state <> 4;
create index product_summaries_vendor on product_summaries (store_id, vendor collate "und-x-icu", product_id) where sync_state <> 4;
create index product_summaries_updated on product_summaries (store_id, updated_at, product_id) where sync_state <> 4;
create index product_summaries_price on product_summaries (store_id, min_price, product_id) where sync_state <> 4;
create index product_summaries_stock on product_summaries (store_id, stock, product_id) where sync_state <> 4;
