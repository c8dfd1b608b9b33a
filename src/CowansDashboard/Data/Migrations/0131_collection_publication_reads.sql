-- When the collections of each place were last listed.
create table collection_publication_reads (
    publication_id bigint primary key,
    store_id bigint not null,
    read_at timestamptz not null
);
