-- The name of a result on disk begins with this, so that no other database's file can be taken for it.
alter table pull_slices add column file_key uuid not null default gen_random_uuid();

-- How many lines a batch took, how many of them could not be read, and how many rows it added: before anything
-- counts as gone, every line that Shopify wrote must have been read.
alter table pull_batches
    add column lines bigint not null default 0,
    add column broken bigint not null default 0,
    add column inserted bigint not null default 0;
