// HTTP of public figures: how many organisations are registered in each city.
import { sql } from 'kysely'
import { z } from 'zod'
import type { Ctx } from '#platform/context.ts'
import { anyone } from '#platform/policy.ts'
import { type Route, route } from '#platform/routes.ts'

const byCity = z.strictObject({
  items: z.array(z.strictObject({ area: z.string(), organisations: z.number() })),
})

/** Registered organisations by city (GB/T 2260); a county counts for the city it belongs to. */
async function countByCity(ctx: Ctx) {
  const { rows } = await sql<{ area: string; organisations: number }>`
    select substr(s.area, 1, 4) || '00' as area, count(*)::int as organisations
    from identity.organisation o join identity.subject s using (id)
    where s.area is not null group by 1 order by 1`.execute(ctx.tx)
  return { items: rows }
}

export function figureRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/subjects/by-city',
      name: 'subjects.byCity',
      title: { zh: '各市登记单位数', en: 'Registered organisations by city' },
      policy: anyone,
      reply: byCity,
      handle: countByCity,
    }),
  ]
}
