-- What a plan's calls and points are made of, so that it can be counted anew when rows are left out, and what earlier pushes
-- have shown of calls, lines and budget, for the forecast of the next.
alter table push_plans drop column estimate;
alter table push_plans
    add column plain_calls integer not null default 0,
    add column plain_points double precision not null default 0,
    add column whole_calls integer not null default 0,
    add column whole_points double precision not null default 0;
alter table push_timings
    add column plain_calls integer not null default 0,
    add column plain_points double precision not null default 0,
    add column whole_calls integer not null default 0,
    add column whole_points double precision not null default 0,
    -- null: measured before these were noted
    add column restore_rate double precision,
    add column available double precision,
    -- what Shopify's bulk operations took themselves
    add column own_seconds double precision;

-- Counts and pages of a plan's rows without visiting each of them.
create index push_items_status on push_items (plan_id, status) include (attempts) where not excluded;
