-- Sorting by status or variants read every row: 35 ms alone on two cores, ten times that when others work too.
create index product_summaries_status on product_summaries (store_id, status, product_id) where sync_state <> 4;
create index product_summaries_variants on product_summaries (store_id, variants, product_id) where sync_state <> 4;
