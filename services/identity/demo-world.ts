// The demo world of identity: law/demo/identity.yaml, checked and loaded; twice adds nothing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Ctx, system } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import {
  activities,
  area,
  date,
  memberRoles,
  name,
  officeRoles,
  organisationClasses,
  organisationSizes,
  scopes,
  text,
  type id as uuid,
} from './contract.ts'
import { syncDepartments } from './departments.ts'
import { insertMandate } from './mandates.ts'
import { insertMembership } from './members.ts'
import { insertOffice } from './offices.ts'
import { insertOrganisation } from './organisations.ts'
import { insertPerson } from './people.ts'
import { storeHoldings } from './shareholders.ts'
import { demoId, departmentId } from './stable-id.ts'
import { store } from './store.ts'

const key = z.string().regex(/^[a-z]+$/)
const person = z.strictObject({ id: key, name })
const organisation = z.strictObject({
  id: key,
  name: name.endsWith('（示例）'),
  creditCode: z.string(),
  class: z.enum(organisationClasses),
  size: z.enum(organisationSizes).nullable(),
  area,
  foundedOn: date,
  representative: key,
  controller: key.nullable(),
  shareholders: z.array(z.strictObject({ holder: key, basisPoints: z.int() })),
  members: z.array(z.strictObject({ person: key, roles: z.array(z.enum(memberRoles)) })),
  activities: z.array(z.enum(activities)).default([]),
})
const office = z.strictObject({
  person: key,
  role: z.enum(officeRoles),
  department: z.string().nullable(),
  area: area.nullable(),
})
const account = z.strictObject({ account: z.string(), person: key, title: text, about: text })
const demoWorld = z.strictObject({
  people: z.array(person),
  organisations: z.array(organisation),
  offices: z.array(office),
  administrators: z.array(z.strictObject({ ...person.shape, role: z.enum(officeRoles) })),
  mandates: z.array(z.strictObject({ grantor: key, holder: key, scopes })),
  accounts: z.array(account),
})
export type DemoWorld = z.output<typeof demoWorld>

const file = join(import.meta.dirname, '../../law/demo/identity.yaml')
let read: DemoWorld | null = null

/** The demo world's subjects as law/demo/identity.yaml has them. */
export function readDemoWorld(): DemoWorld {
  read ??= demoWorld.parse(parse(readFileSync(file, 'utf8')))
  return read
}

async function existing(ctx: Ctx): Promise<(id: z.output<typeof uuid>) => boolean> {
  const rows = await store(ctx.tx)
    .selectFrom('identity.subject')
    .select('id')
    .where('kind', '<>', 'department')
    .execute()
  const ids = new Set(rows.map(({ id }) => id))
  return (id) => ids.has(id)
}

async function loadOrganisation(ctx: Ctx, one: DemoWorld['organisations'][number]): Promise<void> {
  const organisationId = demoId(one.id)
  await insertOrganisation(ctx, {
    ...one,
    id: organisationId,
    representativeId: demoId(one.representative),
    controllerId: one.controller ? demoId(one.controller) : null,
  })
  for (const { person: member, roles } of one.members) {
    await insertMembership(ctx, { personId: demoId(member), organisationId, roles })
  }
}

const YEAR_MS = 365 * 86_400_000

/**
 * Loads what is missing of the demo world, organisations before those that they hold shares in.
 * Offices and mandates come with their people, so that one that was ended does not come back.
 */
export async function loadDemoWorld(world: World): Promise<void> {
  const demo = readDemoWorld()
  await world.transact(system('demo-world'), async (ctx) => {
    await syncDepartments(ctx)
    const there = await existing(ctx)
    const people = [...demo.people, ...demo.administrators].filter(({ id }) => !there(demoId(id)))
    for (const { id, name: called } of people) {
      await insertPerson(ctx, { id: demoId(id), login: null, name: called })
    }
    const isNew = (id: string) => people.some((one) => one.id === id)
    const fresh = demo.organisations.filter(({ id }) => !there(demoId(id)))
    for (const one of fresh) await loadOrganisation(ctx, one)
    for (const { id, foundedOn, shareholders } of fresh) {
      const holdings = shareholders.map(({ holder, basisPoints }) => ({
        holderId: demoId(holder),
        basisPoints,
      }))
      if (holdings.length > 0) await storeHoldings(ctx, demoId(id), foundedOn, holdings)
    }
    for (const { person: holder, role, department, area: reach } of demo.offices) {
      if (!isNew(holder)) continue
      const departmentOf = department ? departmentId(department, reach ?? '440000') : null
      const personId = demoId(holder)
      await insertOffice(ctx, { personId, role, departmentId: departmentOf, area: reach })
    }
    for (const { id, role } of demo.administrators.filter((one) => isNew(one.id))) {
      await insertOffice(ctx, { personId: demoId(id), role, departmentId: null, area: null })
    }
    for (const { grantor, holder, scopes: within } of demo.mandates) {
      const giver = fresh.find(({ id }) => id === grantor)
      if (!giver) continue
      await insertMandate(ctx, {
        grantorId: demoId(grantor),
        holderId: demoId(holder),
        scopes: within,
        from: ctx.now,
        until: new Date(ctx.now.getTime() + YEAR_MS),
        createdBy: demoId(giver.representative),
      })
    }
  })
}
