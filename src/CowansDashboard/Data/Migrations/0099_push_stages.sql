-- Where the time of a bulk push went: seconds by stage. Stages overlap.
alter table push_timings add column stages jsonb;
