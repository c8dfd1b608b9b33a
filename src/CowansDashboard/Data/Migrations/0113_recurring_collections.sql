-- Which collections a recurring work reads again, by Shopify's ids; null for work that concerns the whole shop. Of these a shop has
-- as many as people make, each under a name of its own.
alter table recurring_work add column collections bigint[];
