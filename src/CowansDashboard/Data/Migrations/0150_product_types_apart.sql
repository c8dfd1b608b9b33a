-- Spellings of product types that look alike and of which somebody said that they differ; the one that comes first by its bytes stands first.
create table product_types_apart (
    store_id bigint not null references stores (id) on delete cascade,
    one text not null,
    other text not null,
    said_by text not null,
    said_at timestamptz not null default now(),
    primary key (store_id, one, other)
);
