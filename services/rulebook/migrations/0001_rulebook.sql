-- Rule sets as they were published, drafts of the next, and decisions made under them.

-- A calendar date as ISO 8601 writes it: it sorts and compares as text, and no time zone touches it.
create domain rulebook.day as text check (value ~ '^\d{4}-\d{2}-\d{2}$');

create table rulebook.version (
  id uuid primary key,
  set_id text not null,
  number int not null check (number > 0),
  definition jsonb not null,
  cases jsonb not null,
  -- SM3 of the definition in canonical form: what receipts name.
  rules_hash text not null,
  -- First day in force; in force until a later version is.
  valid_from rulebook.day not null,
  published_at timestamptz not null,
  origin text not null check (origin in ('law', 'draft')),
  base uuid references rulebook.version,
  author uuid,
  reader uuid,
  reason text not null,
  -- What it would do to everybody, as computed when it was handed in.
  impact jsonb,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  withdrawal text,
  unique (set_id, number),
  -- Whoever writes a version does not pass it.
  check (origin = 'law' or (author is not null and reader is not null and author <> reader)),
  check ((withdrawn_at is null) = (withdrawal is null))
);
create index version_in_force on rulebook.version (set_id, valid_from desc, number desc);

-- What is published is superseded or withdrawn, never edited.
create function rulebook.keep_version() returns trigger language plpgsql as $$
begin
  if old.withdrawn_at is not null
    or (to_jsonb(new) - array['withdrawn_at', 'withdrawn_by', 'withdrawal'])
      is distinct from (to_jsonb(old) - array['withdrawn_at', 'withdrawn_by', 'withdrawal'])
  then
    raise exception 'a published version is never edited' using errcode = 'KR001';
  end if;
  return new;
end $$;
create trigger keep_version before update on rulebook.version
  for each row execute function rulebook.keep_version();

create table rulebook.draft (
  id uuid primary key,
  set_id text not null,
  base uuid references rulebook.version,
  revision int not null check (revision > 0),
  state text not null check (state in ('open', 'submitted', 'published', 'dropped')),
  definition jsonb not null,
  cases jsonb not null,
  valid_from rulebook.day,
  reason text not null,
  -- The office that works on it, and who wrote it last.
  office uuid not null,
  author uuid not null,
  impact jsonb,
  -- What the second reader said when handing it back.
  remark text,
  version uuid references rulebook.version,
  changed_at timestamptz not null,
  check (state <> 'submitted' or valid_from is not null),
  check ((state = 'published') = (version is not null))
);
create index draft_of_set on rulebook.draft (set_id, id desc);

create table rulebook.decision (
  id uuid primary key,
  set_id text not null,
  version uuid not null references rulebook.version,
  subject uuid not null,
  -- What it was made for, such as 'ledger.voucher'.
  purpose text not null,
  on_date rulebook.day not null,
  facts jsonb not null,
  outcomes jsonb not null,
  receipt jsonb not null,
  made_at timestamptz not null,
  -- Its version was withdrawn: to be decided again; and what came of that.
  redo_since timestamptz,
  redone_by uuid references rulebook.decision,
  check (redone_by is null or redo_since is not null)
);
create index decision_of_version on rulebook.decision (version, id);
create index decision_of_subject on rulebook.decision (subject, id desc);
create index decision_to_redo on rulebook.decision (redo_since, id)
  where redo_since is not null and redone_by is null;

create function rulebook.keep_decision() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - array['redo_since', 'redone_by'])
      is distinct from (to_jsonb(old) - array['redo_since', 'redone_by'])
    or (old.redo_since is not null and new.redo_since is distinct from old.redo_since)
    or old.redone_by is not null
  then
    raise exception 'a decision is made again, never edited' using errcode = 'KR002';
  end if;
  return new;
end $$;
create trigger keep_decision before update on rulebook.decision
  for each row execute function rulebook.keep_decision();

-- What each set comes to for each subject, as last computed: no decision.
create table rulebook.standing (
  subject uuid not null,
  set_id text not null,
  version uuid not null references rulebook.version,
  on_date rulebook.day not null,
  state text not null check (state in ('entitled', 'nearly', 'open', 'not')),
  -- Names of missing facts and judgements, conditions that fail, the amount.
  detail jsonb not null,
  computed_at timestamptz not null,
  primary key (subject, set_id)
);

-- The same counted over the whole population.
create table rulebook.census (
  set_id text primary key,
  version uuid not null references rulebook.version,
  on_date rulebook.day not null,
  population text not null,
  counts jsonb not null,
  computed_at timestamptz not null
);

grant select, insert, update on rulebook.version, rulebook.draft, rulebook.decision,
  rulebook.standing, rulebook.census to kapok_app;
grant delete on rulebook.standing to kapok_app;
