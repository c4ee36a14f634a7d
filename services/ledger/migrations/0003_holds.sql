-- Holds: money set aside for a payment, paid out in full or in part, or given back.

-- Why this account cannot fund a payment now: a problem's code and parameters, or nothing.
-- A voucher is spent through ledger.use_voucher only, which names its account.
create function ledger.spend_refusal(
  a ledger.account, voucher uuid, purpose text, at timestamptz
) returns jsonb
language sql as $$
  select case
    when a.kind not in ('main', 'earmarked')
      or a.asset like 'voucher:%' and (a.kind = 'main' or a.id is distinct from voucher)
      then jsonb_build_object('code', 'ledger.not-spendable')
    when a.frozen then jsonb_build_object('code', 'ledger.frozen')
    when not purpose = any (a.purposes)
      then jsonb_build_object('code', 'ledger.earmark', 'purpose', purpose, 'purposes', a.purposes)
    when a.valid_until <= at
      then jsonb_build_object('code', 'ledger.earmark-expired', 'until', a.valid_until)
  end || jsonb_build_object('account', a.id)
$$;

-- Sets amounts aside on accounts of the payer or the payer's sponsor, all parts or nothing.
create function ledger.place_hold(
  c ledger.call, entry uuid, kind text, payer uuid, sponsor uuid, payee uuid, purpose text,
  expires timestamptz, accounts uuid[], amounts int8[], shares int[], voucher uuid
) returns ledger.outcome
language plpgsql as $$
#variable_conflict use_variable
declare
  done ledger.outcome := ledger.earlier(c);
  a ledger.account;
  unit text;
  first_unit text;
  assets text[];
  given int8[];
  zeros int8[];
  total int8 := 0;
  refusal jsonb;
begin
  if done.entry_id is not null then return done; end if;
  for i in 1 .. cardinality(accounts) loop
    select * into a from ledger.account t where t.id = accounts[i];
    if a.id is null or a.owner is distinct from payer and a.owner is distinct from sponsor then
      perform ledger.refuse('request.not-found', '{}');
    end if;
    if a.kind <> 'main' or a.frozen or a.asset like 'voucher:%' then
      refusal := ledger.spend_refusal(a, voucher, purpose, c.at);
      if refusal is not null then
        perform ledger.refuse(refusal ->> 'code', refusal - 'code');
      end if;
    end if;
    -- Vouchers are counted in yuan, so they and money make one payment; nothing else mixes.
    unit := case when a.asset like 'voucher:%' then 'cny' else a.asset end;
    first_unit := coalesce(first_unit, unit);
    if unit <> first_unit then perform ledger.refuse('ledger.mixed-assets', '{}'); end if;
    assets := assets || a.asset;
    given := given || -amounts[i];
    zeros := zeros || 0::int8;
    total := total + amounts[i];
  end loop;
  insert into ledger.hold values (entry, payer, sponsor, payee, purpose, expires,
    accounts, assets, shares, amounts, zeros, zeros, total);
  done.journal_id := ledger.post(c, entry, kind, array[payer, sponsor], entry, null,
    accounts, given, amounts);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

create function ledger.hold(
  c ledger.call, entry uuid, payer uuid, sponsor uuid, payee uuid, purpose text,
  expires timestamptz, accounts uuid[], amounts int8[], shares int[]
) returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return ledger.place_hold(c, entry, 'held', payer, sponsor, payee, purpose, expires,
    accounts, amounts, shares, null);
end $$;

-- Pays from a hold: `amount` (all that remains when null) in funding order, each part within its
-- share of everything captured so far; `closing` releases the rest in the same entry.
create function ledger.settle(
  c ledger.call, entry uuid, kind text, hold uuid, amount int8, payee uuid, closing boolean,
  verified boolean
) returns ledger.outcome
language plpgsql as $$
#variable_conflict use_variable
declare
  done ledger.outcome;
  h ledger.hold;
  total int8;
  unpaid int8;
  open int8;
  take int8;
  rest int8 := 0;
  target uuid;
  spot int;
  takes int8[];
  accounts uuid[];
  available int8[];
  held int8[];
begin
  select * into h from ledger.hold t where t.id = hold for no key update;
  done := ledger.earlier(c);
  if done.entry_id is not null then return done; end if;
  if h.id is null then perform ledger.refuse('request.not-found', '{}'); end if;
  if h.remaining = 0 then perform ledger.refuse('ledger.hold-closed', '{}'); end if;
  if not verified and h.assets[1] like 'voucher:%' then
    perform ledger.refuse('ledger.not-verified', '{}');
  end if;
  h.payee := coalesce(h.payee, payee);
  if h.payee is null or h.payee <> coalesce(payee, h.payee) then
    perform ledger.refuse('ledger.payee', '{}');
  end if;
  unpaid := coalesce(amount, h.remaining);
  total := unpaid;
  for i in 1 .. cardinality(h.accounts) loop total := total + h.captured[i]; end loop;
  for i in 1 .. cardinality(h.accounts) loop
    open := h.amounts[i] - h.captured[i] - h.released[i];
    take := least(open, unpaid);
    if h.shares[i] is not null then
      take := greatest(0, least(take, div(total::numeric * h.shares[i], 10000) - h.captured[i]));
    end if;
    unpaid := unpaid - take;
    if closing then rest := open - take; end if;
    takes[i] := take;
    h.captured[i] := h.captured[i] + take;
    h.released[i] := h.released[i] + rest;
    h.remaining := h.remaining - take - rest;
    if take + rest > 0 then
      accounts := accounts || h.accounts[i];
      available := available || rest;
      held := held || -(take + rest);
    end if;
    if take > 0 then
      target := ledger.account_of(c, h.payee, h.assets[i], 'main');
      if target = any (h.accounts) then perform ledger.refuse('ledger.payee', '{}'); end if;
      spot := array_position(accounts, target);
      if spot is null then
        accounts := accounts || target;
        available := available || take;
        held := held || 0::int8;
      else
        available[spot] := available[spot] + take;
      end if;
    end if;
  end loop;
  if unpaid > 0 then
    perform ledger.refuse('ledger.hold-exceeded', jsonb_build_object('asset', h.assets[1],
      'available', (total - unpaid)::text, 'needed', total::text));
  end if;
  update ledger.hold t
    set captured = h.captured, released = h.released, remaining = h.remaining where t.id = hold;
  done.journal_id := ledger.post(c, entry, kind, array[h.payer, h.sponsor, h.payee], hold, null,
    accounts, available, held);
  done.entry_id := entry;
  done.replayed := false;
  done.amounts := takes;
  return done;
end $$;

create function ledger.capture(
  c ledger.call, entry uuid, hold uuid, amount int8, payee uuid, closing boolean
) returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return ledger.settle(c, entry, 'captured', hold, amount, payee, closing, false);
end $$;

-- Gives back all that remains of a hold; `kind` says whether it was released or had expired.
create function ledger.release(c ledger.call, entry uuid, kind text, hold uuid)
returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome;
  h ledger.hold;
  accounts uuid[];
  given int8[];
  back int8[];
begin
  select * into h from ledger.hold t where t.id = hold for no key update;
  done := ledger.earlier(c);
  if done.entry_id is not null then return done; end if;
  if h.id is null then perform ledger.refuse('request.not-found', '{}'); end if;
  if h.remaining = 0 then perform ledger.refuse('ledger.hold-closed', '{}'); end if;
  if kind = 'expired' and h.expires_at > c.known_at then
    perform ledger.refuse('ledger.hold-not-expired', jsonb_build_object('until', h.expires_at));
  end if;
  for i in 1 .. cardinality(h.accounts) loop
    back := back || (h.amounts[i] - h.captured[i] - h.released[i]);
    h.released[i] := h.released[i] + back[i];
  end loop;
  update ledger.hold t set released = h.released, remaining = 0 where t.id = hold;
  if h.assets[1] like 'voucher:%' then
    update ledger.voucher_use u set state = 'released' where u.hold_id = hold and u.state = 'held';
  end if;
  select array_agg(t.id), array_agg(t.n), array_agg(-t.n) into accounts, given, back
    from unnest(h.accounts, back) as t (id, n) where t.n > 0;
  done.journal_id := ledger.post(c, entry, kind, array[h.payer, h.sponsor], hold, null,
    accounts, given, back);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.hold, ledger.capture, ledger.release to kapok_app;
