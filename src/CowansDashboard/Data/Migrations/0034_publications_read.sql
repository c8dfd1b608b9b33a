-- Whether the products of a place to sell at have been read as a whole. Those that are here have come with a full pull.
alter table publications add column products_read boolean not null default true;
alter table publications alter column products_read set default false;
