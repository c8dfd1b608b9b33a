-- What a push overwrote in Shopify: the item that did, so that its outcome says so. closed_as, further: overwritten.
alter table conflicts add column push_item_id bigint;
create index conflicts_push_item on conflicts (push_item_id) where push_item_id is not null;
create index conflicts_overwritten on conflicts (store_id, closed_at desc, id desc) where closed_as = 'overwritten';

-- When the products of a file were looked at before it was written; and which rows each line is for, in the order of its list.
alter table push_files add column looked_at timestamptz not null default now();
alter table push_lines add column entities bigint[] not null default '{}';
