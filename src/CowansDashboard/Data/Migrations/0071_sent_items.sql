-- What ended pushes left as sent is looked for every few seconds.
create index push_items_sent on push_items (plan_id, product_id) where status = 'sent';
