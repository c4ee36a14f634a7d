// The schedule of a site over time: what ran, what runs, what is promised, and what is out of use.
import { z } from 'zod'
import { id, instant, text } from './fields.ts'

/** In the order of a bar's life. */
const barKinds = ['ran', 'gave-way', 'running', 'promised', 'blocked'] as const

export const scheduleQuery = z.strictObject({
  /** The beginning of the window; without it, a quarter of the window lies in the past. */
  from: instant.optional(),
  hours: z.coerce.number<string>().int().min(1).max(168).default(12),
})

const bar = z.strictObject({
  kind: z.enum(barKinds),
  from: instant,
  /** When it ended or, of what has not, by when it will have ended at the latest. */
  to: instant,
  places: z.array(
    z.strictObject({
      nodeId: id,
      /** Half-open ranges in thousandths of cards: [0, 1000) is the first card. */
      units: z.array(z.tuple([z.int(), z.int()])),
    }),
  ),
  /** Which try of its job this is, from 1; 0 where it has not begun or is none. */
  attempt: z.int(),
  /** Whether this reader may know whose it is is decided by the server: null hides it. */
  job: z.strictObject({ id, number: z.string(), name: z.string() }).nullable(),
})

export const schedule = z.strictObject({
  site: z.strictObject({ id, name: text }),
  now: instant,
  from: instant,
  to: instant,
  nodes: z.array(
    z.strictObject({
      id,
      name: z.string(),
      clusterId: id,
      cluster: text,
      flavor: text,
      state: z.enum(['ready', 'draining', 'down']),
      cards: z.int(),
    }),
  ),
  bars: z.array(bar),
  /** More lies in the window than is shown: a shorter one shows all. */
  more: z.boolean(),
})
