-- The schedule of a site reads what ended within a window, out of all that ever ran.
create index attempt_of_end on compute.attempt (ended_at) where ended_at is not null;
