-- What can happen to the ledger: each operation is one call, so one round trip and short row locks.
-- Refusals carry SQLSTATE KL001, the problem's code as message and its parameters as JSON detail.
-- Plans are generic and by index: a plan made while the tables were empty would stay slow for long,
-- and one per call would cost more than the call.

-- Who asks, under which idempotency key, for what (a digest of the request), and when it happened.
create type ledger.call as (
  scope uuid, key text, request bytea, actor jsonb, at timestamptz, known_at timestamptz, memo text
);
-- amounts: what each part of the hold gave, in funding order (captures only).
create type ledger.outcome as (
  entry_id uuid, journal_id bigint, replayed boolean, amounts int8[]
);

create function ledger.refuse(code text, params jsonb) returns void
language plpgsql as $$
begin
  raise exception using errcode = 'KL001', message = code, detail = (params || coalesce((
    select jsonb_build_object('scale', a.scale, 'unit', a.unit_zh)
    from ledger.asset a where a.code = params ->> 'asset'), '{}'))::text;
end $$;

-- The entry that already carries this key, if any; refuses a key that carried another request.
create function ledger.earlier(c ledger.call) returns ledger.outcome
language plpgsql as $$
declare
  e record;
begin
  select id, journal_id, request into e from ledger.entry where scope = c.scope and key = c.key;
  if not found then return null; end if;
  if e.request <> c.request then perform ledger.refuse('request.key-reused', '{}'); end if;
  return (e.id, e.journal_id, true, null)::ledger.outcome;
end $$;

-- Says which account cannot give what is asked of it. Accounts that this entry already moved are
-- ahead of their postings; the one that could not move is not.
create function ledger.refuse_insufficient(accounts uuid[], available int8[]) returns void
language plpgsql as $$
#variable_conflict use_variable
declare
  short record;
begin
  select b.account_id, b.asset, b.available, -leg.available as needed into short
  from unnest(accounts, available) as leg (id, available)
  join ledger.balance b on b.account_id = leg.id
  where leg.available < 0 and not b.source and b.available + leg.available < 0
    and (b.version = 0 or exists (
      select from ledger.posting p where p.account_id = b.account_id and p.version = b.version))
  limit 1;
  if not found then perform ledger.refuse('request.not-found', '{}'); end if;
  perform ledger.refuse('ledger.insufficient', jsonb_build_object('account', short.account_id,
    'asset', short.asset, 'available', short.available::text, 'needed', short.needed::text));
end $$;

-- Parties are the owners of the accounts (the first is the subject of the fact): each may see it.
-- Appends the fact to the journal, writes the entry, moves the balances and writes their postings.
-- The balances come last, by id: a row that many share is locked briefly and always in one order.
create function ledger.post(
  c ledger.call, entry uuid, kind text, parties uuid[], hold uuid, reversal_of uuid,
  accounts uuid[], available int8[], held int8[]
) returns bigint
language plpgsql as $$
#variable_conflict use_variable
declare
  fact bigint;
  moved int;
begin
  fact := journal.append('ledger.' || kind, 1, c.actor, parties[1], c.at, c.known_at,
    jsonb_build_object('entry', entry, 'hold', hold, 'reversalOf', reversal_of,
      'accounts', accounts, 'available', available::text[], 'held', held::text[],
      'parties', array_remove(parties, null)));
  insert into ledger.entry
    values (entry, kind, c.scope, c.key, c.request, c.at, c.known_at, c.memo, reversal_of, hold,
      fact)
    on conflict on constraint entry_key do nothing;
  if not found then
    -- The same key was used a moment ago; tried again, this call finds that entry.
    raise exception 'idempotency key in use' using errcode = 'serialization_failure';
  end if;
  with leg as (
    select * from unnest(accounts, available, held) as l (id, available, held) order by id
  ), moved as (
    update ledger.balance b set
      available = b.available + leg.available,
      held = b.held + leg.held,
      version = b.version + 1,
      changed_at = greatest(b.changed_at, c.known_at)
    from leg
    where b.account_id = leg.id
      and (leg.available >= 0 or b.available + leg.available >= 0 or b.source)
    returning b.account_id, b.version, entry, leg.available, leg.held,
      b.available as available_after, b.held as held_after, b.changed_at
  )
  insert into ledger.posting
    (account_id, version, entry_id, available, held, available_after, held_after, at)
    select * from moved where (select count(*) from moved) = cardinality(accounts);
  get diagnostics moved = row_count;
  if moved <> cardinality(accounts) then
    perform ledger.refuse_insufficient(accounts, available);
  end if;
  return fact;
end $$;

-- Opens an account and says so in the journal.
create function ledger.open(
  c ledger.call, account uuid, owner uuid, asset text, kind text, purposes text[], until timestamptz
) returns void
language plpgsql as $$
begin
  insert into ledger.account (id, owner, asset, kind, purposes, valid_until, opened_at)
    values (account, owner, asset, kind, purposes, until, c.known_at);
  perform journal.append('ledger.opened', 1, c.actor, owner, c.at, c.known_at,
    jsonb_build_object('account', account, 'asset', asset, 'kind', kind));
end $$;

-- Opens the one account of a kind, unless somebody else opens it at this moment.
create function ledger.open_once(c ledger.call, owner uuid, asset text, kind text) returns void
language plpgsql as $$
begin
  perform ledger.open(c, gen_random_uuid(), owner, asset, kind, null, null);
exception when unique_violation then
  null;
end $$;

-- The one account of a kind that a subject (null: the platform) has for an asset; opened when it is
-- first needed.
create function ledger.account_of(
  c ledger.call, subject uuid, of_asset text, of_kind text
) returns uuid
language plpgsql as $$
declare
  known uuid;
begin
  for attempt in 1 .. 2 loop
    -- Worded for the partial index account_one_of_each, which must serve any kind asked for.
    if subject is null then
      select id into known from ledger.account
      where owner is null and asset = of_asset and kind = of_kind and kind <> 'earmarked';
    else
      select id into known from ledger.account
      where owner = subject and asset = of_asset and kind = of_kind and kind <> 'earmarked';
    end if;
    exit when found;
    perform ledger.open_once(c, subject, of_asset, of_kind);
  end loop;
  return known;
end $$;

revoke execute on all functions in schema ledger from public;
