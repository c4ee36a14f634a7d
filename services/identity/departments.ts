// Departments as subjects: each authority of law/authorities.yaml in each area of its level.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAuthorities } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { regions } from './jurisdiction.ts'
import { departmentId } from './stable-id.ts'
import { store } from './store.ts'

const file = join(import.meta.dirname, '../../law/authorities.yaml')

export interface Department {
  id: string
  authority: string
  area: string
  name: string
}

/** Where the authorities of a level stand: the area, and how its name begins. */
function areasOf(level: string): { code: string; name: string }[] {
  const { province, cities } = regions
  if (level === 'city') return cities.map(({ code, name }) => ({ code, name: name.zh }))
  if (level === 'county') {
    return cities.flatMap((city) =>
      city.counties.map(({ code, name }) => ({ code, name: city.name.zh + name.zh })),
    )
  }
  return [{ code: province.code, name: province.name.zh }]
}

/** All departments that the regulation names one by one; its collective names are none. */
export function departmentsOfLaw(): Department[] {
  const { authorities } = parseAuthorities(readFileSync(file, 'utf8'), 'authorities.yaml')
  return authorities
    .filter(({ kind, id }) => kind === 'department' && !id.startsWith('depts-'))
    .flatMap(({ id, level, name }) =>
      areasOf(level).map((area) => ({
        id: departmentId(id, area.code),
        authority: id,
        area: area.code,
        name: area.name + name.zh.replace(/^(省级|地级以上市|县级)/, ''),
      })),
    )
}

const BATCH = 500

/** Adds the departments that are missing; those of the law are no act of anybody, so no fact. */
export async function syncDepartments(ctx: Ctx): Promise<void> {
  const db = store(ctx.tx)
  const there = await db.selectFrom('identity.department').select('id').execute()
  const known = new Set(there.map(({ id }) => id))
  const missing = departmentsOfLaw().filter(({ id }) => !known.has(id))
  for (let from = 0; from < missing.length; from += BATCH) {
    const some = missing.slice(from, from + BATCH)
    await db
      .insertInto('identity.subject')
      .values(
        some.map(({ id, name, area }) => ({
          id,
          kind: 'department' as const,
          name,
          area,
          version: 1,
          created_at: ctx.now,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await db
      .insertInto('identity.department')
      .values(some.map(({ id, authority, area }) => ({ id, authority, area })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** All departments, by area and name. */
export async function listDepartments(ctx: Ctx): Promise<Department[]> {
  return store(ctx.tx)
    .selectFrom('identity.department as d')
    .innerJoin('identity.subject as s', 's.id', 'd.id')
    .select(['d.id', 'd.authority', 'd.area', 's.name'])
    .orderBy('d.area')
    .orderBy('s.name')
    .execute()
}
