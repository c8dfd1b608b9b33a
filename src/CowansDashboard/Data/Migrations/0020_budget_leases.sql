-- Shares of a shop's budget and its bulk slots, held by nodes until they expire. Each function is one statement, so
-- that a node stopped in mid-call never keeps the lock.

create table budget_leases (
    store_id bigint not null,
    holder uuid not null,
    demand integer not null,
    fraction double precision not null,
    held_until timestamptz not null,
    primary key (store_id, holder)
);

create table bulk_slots (
    store_id bigint not null,
    kind text not null check (kind in ('query', 'mutation')),
    slot integer not null,
    holder uuid not null,
    held_until timestamptz not null,
    primary key (store_id, kind, slot)
);

-- What one may hold from now on: in proportion to the demands, but never more than the others leave of the whole.
-- A newcomer gets nothing at first; those who hold too much give it up when they next prolong.
create function lease_budget(of_store bigint, by_holder uuid, with_demand integer, lasting interval) returns double precision
language plpgsql as $$
declare
    granted double precision;
begin
    perform pg_advisory_xact_lock(1112884340, (of_store % 2147483647)::integer);
    delete from budget_leases where store_id = of_store and held_until <= clock_timestamp() and holder <> by_holder;
    select least(
        (with_demand + 1.0) / (with_demand + 1.0 + coalesce(sum(demand + 1.0), 0)),
        greatest(0, 1 - coalesce(sum(fraction), 0)))
    into granted from budget_leases where store_id = of_store and holder <> by_holder;
    insert into budget_leases values (of_store, by_holder, with_demand, granted, clock_timestamp() + lasting)
    on conflict (store_id, holder) do update set
        demand = excluded.demand, fraction = excluded.fraction, held_until = excluded.held_until;
    return granted;
end $$;

-- The number of the slot taken, or null when all are.
create function take_bulk_slot(of_store bigint, of_kind text, by_holder uuid, slots integer, lasting interval) returns integer
language plpgsql as $$
declare
    free integer;
begin
    perform pg_advisory_xact_lock(1112884340, (of_store % 2147483647)::integer);
    select n into free from generate_series(1, slots) n
    where not exists (select from bulk_slots s
        where s.store_id = of_store and s.kind = of_kind and s.slot = n and s.held_until > clock_timestamp())
    order by n limit 1;
    if free is not null then
        insert into bulk_slots values (of_store, of_kind, free, by_holder, clock_timestamp() + lasting)
        on conflict (store_id, kind, slot) do update set holder = excluded.holder, held_until = excluded.held_until;
    end if;
    return free;
end $$;
