// Whom a register names as representative, controller or holder: found, or added as a bare person.
import { isResidentNumber } from '#engines/resident-number/resident-number.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import type { Party } from './contract.ts'
import { requireCreditCode } from './credit-code.ts'
import type { Parts } from './parts.ts'
import { insertPerson } from './people.ts'
import { store } from './store.ts'

/** An organisation or person by id; departments hold no shares. */
async function findById(ctx: Ctx, id: string): Promise<string> {
  const row = await store(ctx.tx)
    .selectFrom('identity.subject as s')
    .leftJoin('identity.person as p', 'p.id', 's.id')
    .select('s.id')
    .where('s.id', '=', id)
    .where('s.kind', '<>', 'department')
    .where('p.erased_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw problem('identity.party-unknown')
  return row.id
}

/** @throws identity.party-unknown when no organisation here has the code */
export async function findByCreditCode(ctx: Ctx, text: string): Promise<string> {
  const row = await store(ctx.tx)
    .selectFrom('identity.organisation')
    .select('id')
    .where('credit_code', '=', requireCreditCode(text))
    .executeTakeFirst()
  if (!row) throw problem('identity.party-unknown')
  return row.id
}

/** The same number is the same person; without a number nobody can say, so a new one is added. */
async function findPerson(
  parts: Parts,
  ctx: Ctx,
  given: { person: string; residentNumber?: string | undefined },
): Promise<string> {
  const number = given.residentNumber?.toUpperCase()
  if (number === undefined) return insertPerson(ctx, { login: null, name: given.person })
  if (!isResidentNumber(number)) throw problem('identity.resident-number')
  const residentKey = parts.residentHash(number)
  const known = await store(ctx.tx)
    .selectFrom('identity.person as p')
    .innerJoin('identity.subject as s', 's.id', 'p.id')
    .select(['s.id', 's.name'])
    .where('p.resident_key', '=', residentKey)
    .executeTakeFirst()
  if (!known) return insertPerson(ctx, { login: null, name: given.person, residentKey })
  if (known.name !== given.person) throw problem('identity.party-mismatch')
  return known.id
}

/** The id of the subject that a party names. */
export async function resolveParty(parts: Parts, ctx: Ctx, party: Party): Promise<string> {
  if ('subjectId' in party) return findById(ctx, party.subjectId)
  if ('creditCode' in party) return findByCreditCode(ctx, party.creditCode)
  return findPerson(parts, ctx, party)
}
