-- Movements without a hold, reversal, accounts, and the version of an account at a moment.

-- Moves an amount between two accounts of one asset. Kinds: 'transferred' (own main account to
-- anybody's), 'issued' (the platform's source of an asset to an account), 'retired' (back to it).
create function ledger.move(
  c ledger.call, entry uuid, kind text, payer uuid, source uuid, target uuid, amount int8
) returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  done ledger.outcome := ledger.earlier(c);
  a ledger.account;
  b ledger.account;
begin
  if done.entry_id is not null then return done; end if;
  select * into a from ledger.account where id = source and owner is not distinct from payer;
  select * into b from ledger.account where id = target;
  if a.id is null or b.id is null or a.id = b.id then
    perform ledger.refuse('request.not-found', '{}');
  end if;
  if a.asset <> b.asset then perform ledger.refuse('ledger.mixed-assets', '{}'); end if;
  if a.frozen then
    perform ledger.refuse('ledger.frozen', jsonb_build_object('account', a.id));
  end if;
  if a.asset like 'voucher:%'
    or kind = 'transferred' and (a.kind not in ('main', 'fund') or b.kind not in ('main', 'fund'))
    or kind = 'issued' and a.kind not in ('issuance', 'external')
    or kind = 'retired' and (a.kind <> 'main' or b.kind not in ('issuance', 'external')) then
    perform ledger.refuse('ledger.not-spendable', jsonb_build_object('account', a.id));
  end if;
  done.journal_id := ledger.post(c, entry, kind,
    case when payer is null then array[b.owner] else array[payer, b.owner] end, null, null,
    array[source, target], array[-amount, amount], array[0, 0]);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

-- A new entry with the opposite legs, once. What was captured is held again. Vouchers are taken
-- back by ledger.claw_back, holds by release.
create function ledger.reverse(c ledger.call, entry uuid, original uuid)
returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome;
  o ledger.entry;
  h ledger.hold;
  accounts uuid[];
  available int8[];
  held int8[];
begin
  select * into o from ledger.entry t where t.id = original;
  if o.hold_id is not null then
    select * into h from ledger.hold t where t.id = o.hold_id for no key update;
  end if;
  done := ledger.earlier(c);
  if done.entry_id is not null then return done; end if;
  if o.id is null then perform ledger.refuse('request.not-found', '{}'); end if;
  if o.kind not in ('transferred', 'issued', 'retired', 'captured') then
    perform ledger.refuse('ledger.not-reversible', jsonb_build_object('kind', o.kind));
  end if;
  if exists (select from ledger.entry t where t.reversal_of = original) then
    perform ledger.refuse('ledger.already-reversed', '{}');
  end if;
  select array_agg(p.account_id), array_agg(-p.available), array_agg(-p.held)
    into accounts, available, held from ledger.posting p where p.entry_id = original;
  if o.kind = 'captured' then
    for i in 1 .. cardinality(h.accounts) loop
      declare
        spot int := array_position(accounts, h.accounts[i]);
      begin
        continue when spot is null;
        h.captured[i] := h.captured[i] - held[spot] - available[spot];
        h.released[i] := h.released[i] + available[spot];
        h.remaining := h.remaining + held[spot];
      end;
    end loop;
    update ledger.hold t set captured = h.captured, released = h.released, remaining = h.remaining
      where t.id = h.id;
  end if;
  done.journal_id :=
    ledger.post(c, entry, 'reversed', array(select t.owner from ledger.account t
      where t.id = any (accounts) and t.owner is not null
      group by t.owner order by t.owner is distinct from h.payer), h.id, original,
      accounts, available, held);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

-- Opens an account (or finds the one there is); the platform's own have no owner.
create function ledger.open_account(
  c ledger.call, account uuid, owner uuid, asset text, kind text, purposes text[], until timestamptz
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  if kind <> 'earmarked' then return ledger.account_of(c, owner, asset, kind); end if;
  perform ledger.open(c, account, owner, asset, kind, purposes, until);
  return account;
end $$;

create function ledger.set_frozen(c ledger.call, account uuid, frozen boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  subject uuid;
begin
  update ledger.account t set frozen = set_frozen.frozen where t.id = account
    and t.frozen <> set_frozen.frozen returning t.owner into subject;
  if found then
    perform journal.append(case when frozen then 'ledger.frozen' else 'ledger.thawed' end, 1,
      c.actor, subject, c.at, c.known_at, jsonb_build_object('account', account, 'memo', c.memo));
  end if;
end $$;

-- The last version of an account at a moment, by bisection over its postings (0: none yet).
create function ledger.version_at(account uuid, moment timestamptz) returns int8
language plpgsql stable set search_path = pg_catalog as $$
declare
  low int8 := 0;
  high int8 := (select version from ledger.balance where account_id = account);
  middle int8;
begin
  while low < high loop
    middle := (low + high + 1) / 2;
    if (select p.at from ledger.posting p where p.account_id = account and p.version = middle)
      <= moment then low := middle; else high := middle - 1; end if;
  end loop;
  return low;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.move, ledger.reverse, ledger.open_account, ledger.set_frozen,
  ledger.version_at to kapok_app;
