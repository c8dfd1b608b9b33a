-- Taking an edit back asks of each change whether a schedule made it.
create index schedules_begun on schedules (start_change_set) where start_change_set is not null;
create index schedules_ended on schedules (end_change_set) where end_change_set is not null;
