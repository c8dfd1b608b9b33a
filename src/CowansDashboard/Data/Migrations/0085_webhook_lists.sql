-- Counting what was heard since a moment looks at that time only, and costs an insert nothing.
create index webhook_deliveries_time on webhook_deliveries using brin (heard_at) with (pages_per_range = 32);
-- What is rare is found without looking at everything else.
create index webhook_deliveries_rare on webhook_deliveries (store_id, outcome, id desc) where outcome in ('conflict', 'deleted');
