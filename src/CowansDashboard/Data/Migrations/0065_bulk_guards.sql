-- Guard rails of bulk edits: how far one person may go alone, a few products first, and where an edit stops by itself.

create table guard_limits (
    store_id bigint primary key,
    -- above these a second person agrees first; null asks nobody
    most_products integer,
    most_price_percent numeric,
    -- a bulk edit stops and asks when more than so many percent of its rows could not be changed
    stop_percent numeric not null default 10,
    changed_by_name text not null,
    changed_at timestamptz not null default now()
);

alter table bulk_previews
    -- rises whenever a row is left out or taken in again; an approval belongs to what was seen
    add column revision integer not null default 0,
    -- so many products first, then a person looks
    add column canary integer,
    add column stop_percent numeric not null default 10,
    -- questions of the run that a person has answered with "go on"
    add column agreed_to text[] not null default '{}',
    add column approval_asked_at timestamptz,
    add column approved_by_id text,
    add column approved_by_name text,
    add column approved_at timestamptz;
create index bulk_previews_approval on bulk_previews (store_id, id) where approval_asked_at is not null and approved_at is null and status = 'ready';
create index bulk_previews_age on bulk_previews (made_at);

-- A preview that belongs to a schedule is neither applied by hand nor swept away.
alter table bulk_previews drop constraint bulk_previews_status_check;
alter table bulk_previews add constraint bulk_previews_status_check check (status in ('ready', 'applying', 'applied', 'scheduled'));
