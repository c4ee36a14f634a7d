// Days of the platform as they are published for simulations: no names, no numbers of jobs.
import { z } from 'zod'
import { text } from './fields.ts'

const date = z.iso.date()
export const byDate = z.strictObject({ date })

export const openDays = z.strictObject({
  /** Days with fewer organisations are not published; an example value. */
  leastOrganisations: z.int(),
  items: z.array(z.strictObject({ date, jobs: z.int(), organisations: z.int() })),
})

/** In whole seconds. */
const seconds = z.int().min(0)

export const openDay = z.strictObject({
  date,
  flavors: z.array(
    z.strictObject({
      cluster: text,
      flavor: text,
      simulated: z.boolean(),
      chipClass: z.string(),
      /** Cards of each node, as they are today. */
      nodes: z.array(z.int()),
    }),
  ),
  jobs: z.array(
    z.strictObject({
      /** Organisations in the order of their first job that day, from 1. */
      user: z.int(),
      /** Where it ran, by its place in `flavors`. */
      flavor: z.int(),
      /** Submitted so long after midnight, Asia/Shanghai. */
      at: seconds,
      waited: seconds,
      /** All its attempts together. */
      ran: seconds,
      limit: seconds,
      expected: seconds,
      tasks: z.int(),
      /** Of each task, in thousandths of a card. */
      milli: z.int(),
      priority: z.int(),
    }),
  ),
  /** Jobs of that day that have not ended yet, or never ran: they are left out. */
  leftOut: z.int(),
  /** There were more than are published. */
  more: z.boolean(),
})
