-- Seals: the journal as a Merkle tree in tiles of 256 hashes, its roots signed one after the other.

-- The name of this journal in every seal; it stays the same for life, also after a restore.
create table journal.origin (
  singleton boolean primary key default true check (singleton),
  name text not null
);
insert into journal.origin values (true, 'kapok/' || gen_random_uuid());

-- Public keys of all seals; the private key is a secret of the platform.
create table journal.seal_key (
  key_id text primary key,
  algorithm text not null check (algorithm = 'Ed25519'),
  public_key bytea not null unique check (octet_length(public_key) = 32),
  since timestamptz not null
);

-- Level 0 holds leaves; a hash on level n stands for 256^n leaves. Only the last tile of a level is partial.
create table journal.tile (
  level int not null check (level between 0 and 6),
  index bigint not null check (index >= 0),
  hashes bytea not null
    check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
  primary key (level, index)
);
-- Hashes do not compress.
alter table journal.tile alter column hashes set storage external;

create table journal.seal (
  size bigint primary key check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  at timestamptz not null,
  previous bytea check (octet_length(previous) = 32),
  key_id text not null references journal.seal_key,
  signature bytea not null check (octet_length(signature) = 64)
);

-- The only way to seal: tiles grow and are never rewritten, sizes grow and stay within the numbered part.
create function journal.put_seal(
  levels int[], indexes bigint[], hashes bytea[],
  size bigint, root bytea, at timestamptz, previous bytea, key_id text, signature bytea
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  stored int;
  last_size bigint := (select max(s.size) from journal.seal s);
begin
  if size <= last_size then raise exception 'seal of % after one of %', size, last_size; end if;
  if (previous is null) <> (last_size is null) then
    raise exception 'a seal must name the one before it';
  end if;
  if size > (select c.position from journal.cursor c) then
    raise exception 'seal of % positions that are not all numbered', size;
  end if;
  insert into journal.tile as t (level, index, hashes)
  select * from unnest(levels, indexes, hashes)
  on conflict (level, index) do update set hashes = excluded.hashes
  where substring(excluded.hashes for octet_length(t.hashes)) = t.hashes;
  get diagnostics stored = row_count;
  if stored <> cardinality(levels) then raise exception 'a tile would be rewritten'; end if;
  insert into journal.seal values (size, root, at, previous, key_id, signature);
end $$;
revoke execute on function journal.put_seal from public;

grant select on journal.origin, journal.tile, journal.seal to kapok_app;
grant select, insert on journal.seal_key to kapok_app;
grant execute on function journal.put_seal to kapok_app;
