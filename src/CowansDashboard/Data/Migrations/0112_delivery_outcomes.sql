-- concurrently
-- A list of one outcome does not walk past all the others; conflicts and deletions have their own index.
create index concurrently if not exists webhook_deliveries_outcomes on webhook_deliveries (store_id, outcome, id desc) where outcome in ('changed', 'unchanged', 'own', 'noted', 'ignored');
