-- One row for each thing that can be found: what is shown, who may find it, and its terms.

create table search.item (
  key bigint generated always as identity primary key,
  kind text not null,
  id text not null,
  title jsonb not null,
  body text not null,
  link text not null check (link ~ '^/(?!/)'),
  audience text[] not null check (cardinality(audience) > 0),
  facets jsonb not null,
  weight real not null check (weight between 0 and 1),
  folded_title text not null,
  folded_body text not null,
  -- Terms of the title, and of title and body: pairs of characters and words, made in engines/bigram.
  -- Each also holds '=kind', and terms of what is not public hold '@audience', so that the index decides.
  title_terms tsvector not null,
  terms tsvector not null,
  is_public boolean not null,
  digest bytea not null,
  updated_at timestamptz not null,
  unique (kind, id),
  check (is_public = ('public' = any (audience)))
);
-- Terms are read through the indexes alone; out of the row they leave room for what is read.
alter table search.item alter column terms set storage external;

-- Without fastupdate: readers never have to go through a list of entries that are not yet in place.
create index item_public_title on search.item using gin (title_terms) with (fastupdate = off)
  where is_public;
create index item_public on search.item using gin (terms) with (fastupdate = off) where is_public;
create index item_private on search.item using gin (terms) with (fastupdate = off)
  where not is_public;

grant select, insert, update, delete on search.item to kapok_app;
