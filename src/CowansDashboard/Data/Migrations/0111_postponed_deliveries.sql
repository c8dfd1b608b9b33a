-- How often a delivery had to wait for something outside of it, such as the shop's connection: each time longer.
alter table webhook_deliveries add column postponed integer not null default 0;
