-- Vouchers: the pool of a year, claims, and what returns to the pool. Only by new entries.

-- One pool per scheme and year, and one asset: vouchers of one year never mix with another's.
create table ledger.voucher_pool (
  asset text primary key references ledger.asset,
  scheme text not null,
  year int not null,
  pool uuid not null,
  amount int8 not null check (amount > 0),
  opened_at timestamptz not null,
  unique (scheme, year)
);

-- A voucher is an earmarked account; ratio (basis points) and end are those of the day of claim.
create table ledger.voucher (
  account_id uuid primary key references ledger.account,
  asset text not null references ledger.voucher_pool,
  subject uuid not null,
  class text not null,
  ratio int not null check (ratio between 1 and 10000),
  claimed int8 not null check (claimed > 0),
  expired int8 not null default 0 check (expired between 0 and claimed),
  clawed_back int8 not null default 0 check (clawed_back between 0 and claimed),
  claimed_at timestamptz not null
);
create index voucher_of_subject on ledger.voucher (subject, asset);

grant select on ledger.voucher_pool, ledger.voucher to kapok_app;

create function ledger.open_pool(
  c ledger.call, entry uuid, asset text, scheme text, year int, name_zh text, name_en text,
  amount int8
) returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome;
  source uuid;
  pool uuid;
begin
  insert into ledger.asset values (asset, 'voucher', 4, name_zh, name_en, '元', 'yuan')
    on conflict do nothing;
  done := ledger.earlier(c);
  if done.entry_id is not null then return done; end if;
  if exists (select from ledger.voucher_pool p where p.asset = asset) then
    perform ledger.refuse('ledger.pool-open', '{}');
  end if;
  source := ledger.account_of(c, null, asset, 'issuance');
  pool := ledger.account_of(c, null, asset, 'pool');
  insert into ledger.voucher_pool values (asset, scheme, year, pool, amount, c.known_at);
  done.journal_id := ledger.post(c, entry, 'voucher-pool-opened', '{}', null, null,
    array[source, pool], array[-amount, amount], array[0, 0]);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

-- Claims of one pool are taken in turn, so that neither the cap nor the pool can be exceeded.
-- What expired unused does not count against the cap.
create function ledger.claim_voucher(
  c ledger.call, entry uuid, account uuid, asset text, subject uuid, class text, ratio int,
  amount int8, cap int8, purposes text[], until timestamptz
) returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome;
  p ledger.voucher_pool;
  claimed int8;
begin
  select * into p from ledger.voucher_pool t where t.asset = asset;
  if not found then perform ledger.refuse('ledger.pool-closed', '{}'); end if;
  perform 1 from ledger.balance b where b.account_id = p.pool for no key update;
  done := ledger.earlier(c);
  if done.entry_id is not null then return done; end if;
  select coalesce(sum(v.claimed - v.expired), 0) into claimed from ledger.voucher v
    where v.subject = subject and v.asset = asset;
  if claimed + amount > cap then
    perform ledger.refuse('ledger.cap', jsonb_build_object('asset', asset,
      'available', greatest(cap - claimed, 0)::text, 'needed', amount::text, 'cap', cap::text));
  end if;
  perform ledger.open(c, account, subject, asset, 'earmarked', purposes, until);
  insert into ledger.voucher
    values (account, asset, subject, class, ratio, amount, 0, 0, c.known_at);
  done.journal_id := ledger.post(c, entry, 'voucher-claimed', array[subject], null, null,
    array[p.pool, account], array[-amount, amount], array[0, 0]);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

-- What is left of a voucher goes back to its pool: because it expired, or taken back by decision
-- (then the account is frozen too).
create function ledger.return_voucher(c ledger.call, entry uuid, kind text, account uuid)
returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome := ledger.earlier(c);
  v ledger.voucher;
  p uuid;
  unused int8;
begin
  if done.entry_id is not null then return done; end if;
  select * into v from ledger.voucher t where t.account_id = account for no key update;
  if not found then perform ledger.refuse('request.not-found', '{}'); end if;
  if kind = 'voucher-expired' and exists (select from ledger.account t
      where t.id = account and (t.valid_until is null or t.valid_until > c.known_at)) then
    perform ledger.refuse('ledger.voucher-valid', '{}');
  end if;
  select t.pool into p from ledger.voucher_pool t where t.asset = v.asset;
  perform 1 from ledger.balance b where b.account_id in (p, account)
    order by b.account_id for no key update;
  select b.available into unused from ledger.balance b where b.account_id = account;
  if unused = 0 then perform ledger.refuse('ledger.nothing-left', '{}'); end if;
  if kind = 'voucher-expired' then
    update ledger.voucher t set expired = t.expired + unused where t.account_id = account;
  else
    update ledger.voucher t set clawed_back = t.clawed_back + unused where t.account_id = account;
    perform ledger.set_frozen(c, account, true);
  end if;
  done.journal_id := ledger.post(c, entry, kind, array[v.subject], null, null,
    array[account, p], array[-unused, unused], array[0, 0]);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.open_pool, ledger.claim_voucher, ledger.return_voucher
  to kapok_app;
