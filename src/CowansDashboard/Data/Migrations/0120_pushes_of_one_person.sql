-- How many products one person may send to Shopify at once; above it a second person approves the plan.

alter table guard_limits add column most_pushed integer;
