-- The end of a removed collection's window.
alter table collection_removals
    -- what Shopify held when the window began: part -> hash
    add column confirmed jsonb,
    -- what Shopify holds otherwise since: nothing is deleted until a person has decided
    add column changed text[],
    -- who wants it deleted all the same, and when that was said
    add column anyway_by text,
    add column anyway_at timestamptz;
