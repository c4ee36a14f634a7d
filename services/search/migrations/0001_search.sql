-- What can be found: what is shown of it, who may find it, and its terms (made in engines/bigram).

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
  -- Of title and body; also '=kind', and '@audience' where it is not public: the index decides.
  terms tsvector not null,
  is_public boolean not null,
  digest bytea not null,
  updated_at timestamptz not null,
  unique (kind, id),
  check (is_public = ('public' = any (audience)))
);

-- Titles of what is public, once more: rows so short that a frequent word costs few pages.
create table search.title (
  key bigint primary key references search.item (key) on delete cascade,
  weight real not null,
  folded text not null,
  terms tsvector not null
);

-- Without fastupdate: readers never have to go through a list of entries that are not yet in place.
create index title_terms on search.title using gin (terms) with (fastupdate = off);
create index item_public on search.item using gin (terms) with (fastupdate = off) where is_public;
create index item_private on search.item using gin (terms) with (fastupdate = off)
  where not is_public;

grant select, insert, update, delete on search.item, search.title to kapok_app;
