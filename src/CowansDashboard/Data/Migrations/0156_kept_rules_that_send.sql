-- Rules that are kept each night: whether what they did is sent to Shopify by itself, in whose name, and what became of the last night.
alter table automatic_collection_rules
    add column sends boolean not null default false,
    add column changed_by_id text,
    add column last_at timestamptz,
    add column last_said text,
    -- something hindered it
    add column last_hindered boolean not null default false;

alter table collection_order_rules
    add column sends boolean not null default false,
    add column changed_by_id text,
    add column last_at timestamptz,
    add column last_said text,
    add column last_hindered boolean not null default false;
