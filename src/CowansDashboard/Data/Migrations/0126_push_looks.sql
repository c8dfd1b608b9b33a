-- How often a push only reads, before and after it sends; parts of a call, since one reads many products.
alter table push_plans add column looks double precision not null default 0;
