-- The moves of an order that were sent last, from the order that both sides agreed on: [[product, place], …]. An order that lies between two of them is ours on its way.
alter table sent_fields add column moves jsonb;

-- When a push read last where a collection is published: a list of a place that began earlier may show a publication that was taken back since.
alter table collections add column places_ticket bigint not null default 0;
