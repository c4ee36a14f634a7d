-- Days are published by when their jobs were submitted.
create index workload_of_day on compute.workload (submitted_at);
