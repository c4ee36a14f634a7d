-- Under which decision of the rulebook a voucher was claimed: why it has its ratio.

alter table ledger.voucher add column decision uuid;

-- Named once, in the transaction of the claim.
create function ledger.name_decision(voucher uuid, decision uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
begin
  update ledger.voucher t set decision = decision
    where t.account_id = voucher and t.decision is null;
end $$;
revoke all on function ledger.name_decision from public;
grant execute on function ledger.name_decision to kapok_app;
