-- Where each collection is published, as the last pull read it.
create table collection_publications (
    collection_id bigint not null,
    publication_id bigint not null,
    store_id bigint not null,
    ticket bigint not null default 0,
    primary key (collection_id, publication_id)
);
