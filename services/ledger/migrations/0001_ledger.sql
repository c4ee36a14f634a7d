-- Multi-asset double entry with holds: the tables, and the laws that the database itself keeps.

create table ledger.asset (
  code text primary key check (code ~ '^[a-z0-9][a-z0-9.:-]{0,63}$'),
  class text not null check (class in ('money', 'voucher', 'card-time', 'energy', 'token')),
  scale smallint not null check (scale between 0 and 9),
  name_zh text not null,
  name_en text not null,
  unit_zh text not null,
  unit_en text not null,
  check ((class = 'voucher') = (code like 'voucher:%'))
);
insert into ledger.asset values
  ('cny', 'money', 4, '人民币', 'Renminbi', '元', 'yuan'),
  ('card-time', 'card-time', 0, '算力卡时', 'Accelerator time', '毫卡·毫秒', 'milli-card-milliseconds'),
  ('mwh', 'energy', 6, '绿色电量', 'Green electricity', '兆瓦时', 'MWh'),
  ('token', 'token', 0, '模型词元', 'Model tokens', '个', 'tokens');

-- An account: whose, of what, and its earmark: for what (purposes) and until when (valid_until).
create table ledger.account (
  id uuid primary key,
  owner uuid,
  asset text not null references ledger.asset,
  kind text not null
    check (kind in ('main', 'earmarked', 'pool', 'fund', 'issuance', 'external', 'recovery')),
  purposes text[],
  valid_until timestamptz,
  frozen boolean not null default false,
  opened_at timestamptz not null,
  check (kind = 'earmarked' and purposes is not null or purposes is null and valid_until is null)
);
create unique index account_one_of_each on ledger.account (owner, asset, kind)
  nulls not distinct where kind <> 'earmarked';
create index account_earmarked on ledger.account (owner, asset) where kind = 'earmarked';

-- What is in it now. Apart from the account and narrow, because these rows change all the time
-- (a check of the database is paid at every change). Only sources may go below zero.
create table ledger.balance (
  account_id uuid primary key,
  asset text not null,
  source boolean not null,
  available int8 not null default 0,
  held int8 not null default 0 check (held >= 0),
  version int8 not null default 0,
  changed_at timestamptz not null,
  constraint balance_available check (available >= 0 or source)
) with (fillfactor = 50);

create function ledger.open_balance() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into ledger.balance (account_id, asset, source, changed_at)
  values (new.id, new.asset, new.kind in ('issuance', 'external', 'recovery'), new.opened_at);
  return null;
end $$;
create trigger with_balance after insert on ledger.account
  for each row execute function ledger.open_balance();

-- at: when it happened; known_at: when the platform learned of it.
create table ledger.entry (
  id uuid primary key,
  kind text not null,
  scope uuid not null,
  key varchar(200) not null,
  request bytea not null,
  at timestamptz not null,
  known_at timestamptz not null,
  memo varchar(64),
  reversal_of uuid,
  hold_id uuid,
  journal_id bigint not null,
  constraint entry_key unique (scope, key)
);
create unique index entry_reversed_once on ledger.entry (reversal_of)
  where reversal_of is not null;

-- One row per account and entry. `at` never runs backwards within an account, so that the balance
-- of any moment is found by bisection over the versions, and no index on time is needed.
create table ledger.posting (
  account_id uuid not null,
  version int8 not null,
  entry_id uuid not null,
  available int8 not null,
  held int8 not null,
  available_after int8 not null,
  held_after int8 not null,
  at timestamptz not null,
  primary key (account_id, version)
);
create index posting_entry on ledger.posting (entry_id);

-- A hold bears the id of the entry that opened it. Its arrays run in funding order: the accounts,
-- what each gave, and what of that was captured and released. A share (basis points) limits a part
-- to that much of everything captured.
create table ledger.hold (
  id uuid primary key,
  payer uuid not null,
  sponsor uuid,
  payee uuid,
  purpose text not null,
  expires_at timestamptz not null,
  accounts uuid[] not null,
  assets text[] not null,
  shares int[] not null,
  amounts int8[] not null,
  captured int8[] not null,
  released int8[] not null,
  remaining int8 not null check (remaining >= 0)
);
create index hold_open on ledger.hold (payer, expires_at) where remaining > 0;

-- The law of the ledger, kept by the database: every statement that writes postings balances each
-- entry per asset, continues each account's chain, and leaves the balance as the posting says.
create function ledger.check_postings() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  broken uuid;
begin
  select f.entry_id into broken
  from fresh f
  left join ledger.balance b on b.account_id = f.account_id
  left join ledger.posting p on p.account_id = f.account_id and p.version = f.version - 1
  group by f.entry_id, b.asset
  having sum(f.available + f.held) <> 0
    or bool_or(b.account_id is null or b.version <> f.version
      or b.available <> f.available_after or b.held <> f.held_after
      or f.available_after <> coalesce(p.available_after, 0) + f.available
      or f.held_after <> coalesce(p.held_after, 0) + f.held
      or p.version is null and f.version <> 1);
  if found then
    raise exception 'entry % does not balance or breaks an account', broken
      using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger balanced after insert on ledger.posting
  referencing new table as fresh for each statement execute function ledger.check_postings();

create function ledger.keep() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'the ledger only grows: % on % refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on ledger.posting
  for each statement execute function ledger.keep();
create trigger append_only before update or delete or truncate on ledger.entry
  for each statement execute function ledger.keep();
create trigger never_deleted before delete or truncate on ledger.account
  for each statement execute function ledger.keep();
create trigger never_deleted before delete or truncate on ledger.balance
  for each statement execute function ledger.keep();
create trigger never_deleted before delete or truncate on ledger.hold
  for each statement execute function ledger.keep();

grant select on ledger.asset, ledger.account, ledger.balance, ledger.entry, ledger.posting,
  ledger.hold to kapok_app;
