// Organisations: registering one by its credit code, changing one's own.
import { dateInChina } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import type { activities, organisationClasses, organisationSizes, Party } from './contract.ts'
import { requireCreditCode } from './credit-code.ts'
import { isArea } from './jurisdiction.ts'
import { insertMembership } from './members.ts'
import { resolveParty } from './parties.ts'
import type { Parts } from './parts.ts'
import {
  actingPerson,
  insertSubject,
  lockName,
  lockSubject,
  record,
  store,
  touchSubject,
} from './store.ts'

export type OrganisationClass = (typeof organisationClasses)[number]
export type OrganisationSize = (typeof organisationSizes)[number]
export type Activity = (typeof activities)[number]

interface Fields {
  name: string
  class: OrganisationClass
  size: OrganisationSize | null
  area: string
  foundedOn: string
  legalRepresentative: Party
  controller: Party | null
}

/** What is certain from the code itself: 92 is an individual business, 11 a government body. */
function requireClass(creditCode: string, organisationClass: OrganisationClass): void {
  const kind = creditCode.slice(0, 2)
  const individual = (kind === '92') === (organisationClass === 'individual-business')
  const government = (kind === '11') === (organisationClass === 'government')
  if (!individual || !government) throw problem('identity.class-mismatch', { kind })
}

function requireFacts(ctx: Ctx, fields: { area?: string; foundedOn?: string }): void {
  const { area, foundedOn } = fields
  if (area !== undefined && !isArea(area)) throw problem('identity.area-unknown', { area })
  if (foundedOn !== undefined && foundedOn > dateInChina(ctx.now)) {
    throw problem('identity.date-future', { date: foundedOn })
  }
}

export interface NewOrganisation {
  id: string
  name: string
  creditCode: string
  class: OrganisationClass
  size: OrganisationSize | null
  area: string
  foundedOn: string
  representativeId: string
  controllerId: string | null
  activities?: readonly Activity[]
}

/** Stores an organisation whose fields have been checked. */
export async function insertOrganisation(ctx: Ctx, given: NewOrganisation): Promise<void> {
  const { id, name, area } = given
  await insertSubject(ctx, { id, kind: 'organisation', name, area })
  await store(ctx.tx)
    .insertInto('identity.organisation')
    .values({
      id,
      credit_code: given.creditCode,
      class: given.class,
      size: given.size,
      founded_on: given.foundedOn,
      legal_representative: given.representativeId,
      controller: given.controllerId,
      activities: [...(given.activities ?? [])],
    })
    .execute()
  const fact = { subjectId: id, kind: 'organisation' as const, area }
  await record(ctx, 'identity.subject-registered', id, fact)
}

/** Registers an organisation; the person who does so becomes its first owner. @returns its id */
export async function registerOrganisation(
  parts: Parts,
  ctx: Ctx,
  given: Fields & { creditCode: string },
): Promise<string> {
  const personId = actingPerson(ctx)
  const creditCode = requireCreditCode(given.creditCode)
  requireClass(creditCode, given.class)
  requireFacts(ctx, given)
  await lockName(ctx, creditCode)
  const taken = await store(ctx.tx)
    .selectFrom('identity.organisation')
    .select('id')
    .where('credit_code', '=', creditCode)
    .executeTakeFirst()
  if (taken) throw problem('identity.organisation-there')
  const id = ctx.newId()
  const representativeId = await resolveParty(parts, ctx, given.legalRepresentative)
  const controllerId = given.controller ? await resolveParty(parts, ctx, given.controller) : null
  await insertOrganisation(ctx, { ...given, id, creditCode, representativeId, controllerId })
  await insertMembership(ctx, { personId, organisationId: id, roles: ['owner'] })
  return id
}

/** Changes the actor's own organisation against the version that was read. */
export async function changeOrganisation(
  parts: Parts,
  ctx: Ctx,
  id: string,
  change: Partial<Fields>,
  ifMatch: string | null,
): Promise<void> {
  const subject = await lockSubject(ctx, id)
  if (subject.kind !== 'organisation') throw problem('request.not-found')
  requireVersion(ifMatch, subject.version)
  requireFacts(ctx, change)
  const db = store(ctx.tx)
  const { credit_code } = await db
    .selectFrom('identity.organisation')
    .select('credit_code')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  if (change.class) requireClass(credit_code, change.class)
  const { legalRepresentative, controller } = change
  const values = {
    ...(change.class === undefined ? {} : { class: change.class }),
    ...(change.size === undefined ? {} : { size: change.size }),
    ...(change.foundedOn === undefined ? {} : { founded_on: change.foundedOn }),
    ...(legalRepresentative
      ? { legal_representative: await resolveParty(parts, ctx, legalRepresentative) }
      : {}),
    ...(controller === undefined
      ? {}
      : { controller: controller ? await resolveParty(parts, ctx, controller) : null }),
  }
  if (values.controller === id) throw problem('identity.party-self')
  if (Object.keys(values).length > 0) {
    await db.updateTable('identity.organisation').set(values).where('id', '=', id).execute()
  }
  await touchSubject(ctx, id, {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.area === undefined ? {} : { area: change.area }),
  })
  const fact = { subjectId: id, fields: Object.keys(change) }
  await record(ctx, 'identity.subject-changed', id, fact)
}
