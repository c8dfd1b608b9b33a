-- What Shopify signs its deliveries with, what handling comes back to later, and shops that let us in no more.

create table webhook_secrets (
    store_id bigint primary key references stores (id),
    -- typed: by a person, for a shop that is connected with a token; client: the client secret of the connection
    kind text not null check (kind in ('typed', 'client')),
    -- Data Protection ciphertexts
    current bytea not null,
    current_since timestamptz not null default now(),
    -- after a rotation Shopify may sign with the old one for a while
    previous bytea,
    previous_until timestamptz
);

-- Read again a moment later: what one delivery names, once for all the deliveries of that moment.
create table webhook_rereads (
    store_id bigint not null,
    -- membership: of a product, in whichever collections; collection; inventory_item
    entity text not null,
    -- Shopify's
    entity_id bigint not null,
    due_at timestamptz not null default now(),
    -- rises with every note, so that one that comes while it is read leads to one more read
    noted integer not null default 1,
    attempts integer not null default 0,
    claimed_until timestamptz,
    primary key (store_id, entity, entity_id)
);
create index webhook_rereads_due on webhook_rereads (due_at);

alter table webhook_deliveries
    -- personal data that had to be erased is gone; that the delivery came is not
    add column redacted_at timestamptz,
    -- somebody had it handled once more; then it says nothing about how long handling takes
    add column replayed_at timestamptz;

-- The app was taken out of the shop: nothing is asked until somebody connects it again.
alter table stores add column connection_lost_at timestamptz, add column connection_lost_reason text;
