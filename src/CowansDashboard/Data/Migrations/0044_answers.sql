-- What a request with an Idempotency-Key was answered: the same key and body get the same answer, and act once.
create table answers (
    account_id bigint not null references accounts (id) on delete cascade,
    key text not null check (length(key) between 1 and 255),
    -- of method, address and body
    request_hash bytea not null,
    -- null while the request is carried out
    status integer,
    body text,
    created_at timestamptz not null default now(),
    primary key (account_id, key)
);
create index answers_created on answers (created_at);
