-- How a product shall be removed that somebody deleted here while Shopify was making it: delete:24, exclude.
alter table push_creates add column removal text;
