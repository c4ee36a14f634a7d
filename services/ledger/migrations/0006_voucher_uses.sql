-- The life of a use: held > verified > paid, or released, or clawed back. Only by new entries.

-- One use of a voucher: a hold against a contract. One invoice bears one use at most.
create table ledger.voucher_use (
  hold_id uuid primary key references ledger.hold,
  voucher uuid not null references ledger.voucher,
  contract_amount int8 not null check (contract_amount > 0),
  invoice varchar(20),
  relation text not null check (relation in ('unrelated', 'undecided', 'judged-unrelated')),
  state text not null default 'held'
    check (state in ('held', 'released', 'verified', 'paid', 'clawed-back')),
  amount int8 not null check (amount > 0),
  -- Who paid it out: a claw-back is owed to this office, whoever acts.
  fund uuid
);
create unique index voucher_use_invoice on ledger.voucher_use (invoice) where state <> 'released';
create index voucher_use_of on ledger.voucher_use (voucher);

grant select on ledger.voucher_use to kapok_app;

-- Refuses an amount above the voucher's ratio of what is really paid.
create function ledger.refuse_over_ratio(asset text, ratio int, amount int8, of_amount int8)
returns void
language plpgsql as $$
declare
  most int8 := div(of_amount::numeric * ratio, 10000);
begin
  if amount > most then
    perform ledger.refuse('ledger.over-ratio', jsonb_build_object('asset', asset, 'ratio', ratio,
      'available', most::text, 'needed', amount::text));
  end if;
end $$;

-- Holds a voucher (the first part) and perhaps money beside it, for one contract with one payee.
create function ledger.use_voucher(
  c ledger.call, entry uuid, subject uuid, payee uuid, purpose text, expires timestamptz,
  accounts uuid[], amounts int8[], contract_amount int8, invoice text, relation text
) returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome := ledger.earlier(c);
  v ledger.voucher;
  shares int[] := array_fill(null::int, array[cardinality(accounts)]);
  total int8;
begin
  if done.entry_id is not null then return done; end if;
  select * into v from ledger.voucher t where t.account_id = accounts[1] and t.subject = subject;
  if not found then perform ledger.refuse('request.not-found', '{}'); end if;
  select sum(x) into total from unnest(amounts) x;
  if total > contract_amount then
    perform ledger.refuse('ledger.over-contract', jsonb_build_object('asset', v.asset,
      'available', contract_amount::text, 'needed', total::text));
  end if;
  perform ledger.refuse_over_ratio(v.asset, v.ratio, amounts[1], contract_amount);
  if total = contract_amount then shares[1] := v.ratio; end if;
  done := ledger.place_hold(c, entry, 'voucher-used', subject, null, payee, purpose, expires,
    accounts, amounts, shares, v.account_id);
  insert into ledger.voucher_use
    values (entry, v.account_id, contract_amount, invoice, relation, 'held', amounts[1])
    on conflict do nothing;
  if not found then perform ledger.refuse('ledger.invoice-used', '{}'); end if;
  return done;
end $$;

-- A person's decision where the ownership was not known: not related after all.
create function ledger.judge_unrelated(c ledger.call, hold uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  update ledger.voucher_use u set relation = 'judged-unrelated'
    where u.hold_id = hold and u.state = 'held' and u.relation = 'undecided';
  if not found then perform ledger.refuse('ledger.use-state', '{}'); end if;
  perform journal.append('ledger.voucher-judged', 1, c.actor,
    (select h.payer from ledger.hold h where h.id = hold), c.at, c.known_at,
    jsonb_build_object('hold', hold, 'relation', 'judged-unrelated', 'memo', c.memo));
end $$;

-- The use of a hold, locked: all that follows on one use happens in turn.
create function ledger.lock_use(hold uuid, states text[]) returns ledger.voucher_use
language plpgsql as $$
declare
  u ledger.voucher_use;
begin
  select * into u from ledger.voucher_use t where t.hold_id = hold for no key update;
  if not found then perform ledger.refuse('request.not-found', '{}'); end if;
  if not u.state = any (states) then
    perform ledger.refuse('ledger.use-state', jsonb_build_object('state', u.state));
  end if;
  return u;
end $$;

-- Verification against the invoice: captures what was really paid and releases the rest.
create function ledger.verify_voucher(
  c ledger.call, entry uuid, hold uuid, amount int8, invoice text, invoice_amount int8
) returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome := ledger.earlier(c);
  u ledger.voucher_use;
  v ledger.voucher;
begin
  if done.entry_id is not null then return done; end if;
  u := ledger.lock_use(hold, array['held']);
  select * into v from ledger.voucher t where t.account_id = u.voucher;
  if u.relation = 'undecided' then perform ledger.refuse('ledger.needs-judgement', '{}'); end if;
  if u.invoice is not null and u.invoice <> invoice then
    perform ledger.refuse('ledger.invoice-differs', '{}');
  end if;
  if exists (select from ledger.voucher_use t
      where t.invoice = invoice and t.hold_id <> hold and t.state <> 'released') then
    perform ledger.refuse('ledger.invoice-used', '{}');
  end if;
  done := ledger.settle(c, entry, 'voucher-verified', hold, amount, null, true, true);
  perform ledger.refuse_over_ratio(v.asset, v.ratio, done.amounts[1], invoice_amount);
  if done.amounts[1] = 0 then perform ledger.refuse('ledger.over-ratio', '{}'); end if;
  update ledger.voucher_use t set state = 'verified', invoice = verify_voucher.invoice,
    amount = done.amounts[1] where t.hold_id = hold;
  return done;
end $$;

-- Redemption: the payee's verified voucher goes out of the world, money comes from the fund.
create function ledger.pay_voucher(c ledger.call, entry uuid, hold uuid, fund_owner uuid)
returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome := ledger.earlier(c);
  u ledger.voucher_use;
  asset text;
  payee uuid;
begin
  if done.entry_id is not null then return done; end if;
  u := ledger.lock_use(hold, array['verified']);
  select h.assets[1], h.payee into asset, payee from ledger.hold h where h.id = hold;
  update ledger.voucher_use t set state = 'paid', fund = fund_owner where t.hold_id = hold;
  done.journal_id := ledger.post(c, entry, 'voucher-paid', array[payee, fund_owner], hold, null,
    array[ledger.account_of(c, payee, asset, 'main'),
      ledger.account_of(c, null, asset, 'issuance'),
      ledger.account_of(c, fund_owner, 'cny', 'fund'),
      ledger.account_of(c, payee, 'cny', 'main')],
    array[-u.amount, u.amount, -u.amount, u.amount], array[0, 0, 0, 0]);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

-- Takes back what a use brought. Verified: the payee's voucher returns to the pool. Paid: the money
-- is owed to the fund, by the one who used the voucher.
-- What was paid out is owed back: a claim of the fund, not money that it could spend.
create function ledger.claw_back(c ledger.call, entry uuid, hold uuid)
returns ledger.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  done ledger.outcome := ledger.earlier(c);
  u ledger.voucher_use;
  h ledger.hold;
  accounts uuid[];
begin
  if done.entry_id is not null then return done; end if;
  u := ledger.lock_use(hold, array['verified', 'paid']);
  select * into h from ledger.hold t where t.id = hold;
  if u.state = 'paid' then
    accounts := array[ledger.account_of(c, h.payer, 'cny', 'recovery'),
      ledger.account_of(c, u.fund, 'cny', 'recovery')];
  else
    accounts := array[ledger.account_of(c, h.payee, h.assets[1], 'main'),
      ledger.account_of(c, null, h.assets[1], 'pool')];
  end if;
  update ledger.voucher_use t set state = 'clawed-back' where t.hold_id = hold;
  update ledger.voucher t set clawed_back = t.clawed_back + u.amount where t.account_id = u.voucher;
  done.journal_id := ledger.post(c, entry, 'voucher-clawed-back',
    array[h.payer, case when u.state = 'paid' then u.fund else h.payee end], hold, null,
    accounts, array[-u.amount, u.amount], array[0, 0]);
  done.entry_id := entry;
  done.replayed := false;
  return done;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.use_voucher, ledger.judge_unrelated, ledger.verify_voucher,
  ledger.pay_voucher, ledger.claw_back to kapok_app;
