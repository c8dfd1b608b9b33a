-- When the copy was last read as a whole before a comparison, and so agreed in what that comparison found to differ.
alter table comparisons add column equal_at timestamptz;
alter table drift add column equal_at timestamptz;
