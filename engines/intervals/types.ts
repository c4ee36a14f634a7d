// What can be booked, what is taken of it and when: the words of the calendar. Times are milliseconds.

/** As an end: without one. */
export const FOREVER = Number.MAX_SAFE_INTEGER

/** Half-open ranges [from, to) of units, ascending and apart from each other. */
export type Ranges = readonly (readonly [number, number])[]

/**
 * exact: units have addresses (cards, desks) and a claim names those it takes.
 * pooled: only the sum counts (a quota, megawatts).
 */
export type Mode = 'exact' | 'pooled'

export interface Resource {
  id: string
  mode: Mode
  units: number
  /** Units are asked for within one grain or in whole grains; 1 for pooled resources. */
  grain: number
  /** Nothing new ends after it: the resource is closed or drained from then on. */
  openUntil: number
}

/** What is taken: of exact resources units, of pooled ones an amount; over [from, to). */
export type Taking = { resource: string } & ({ units: Ranges } | { amount: number })
export type Claim = Taking & { id: string | number; from: number; to: number }

/** So much of a pooled resource must be free through the whole duration. */
export interface Draw {
  resource: string
  units: number
  /** Whatever is free of it is taken, also less than `units`: those after it need only the rest. */
  first?: boolean
  /** So much has to stay free beside it; missing: nothing. */
  keep?: number
}

export interface FitRequest {
  /** How many tasks run together; each gets its units from one resource. */
  tasks: number
  /** Units of each task: up to a grain from one grain, above it whole grains. */
  units: number
  /** Whether whole grains must stand side by side. */
  consecutive?: boolean
  /** Where tasks may go, in order of preference; several tasks may share a resource. */
  among: readonly string[]
  /** Pooled resources that are drawn on too, once for all tasks, in this order. */
  also?: readonly Draw[]
  /** The start lies in [from, latest]. */
  from: number
  latest?: number
  duration: number
}

export interface Fit {
  from: number
  /** One for each task. */
  placements: Taking[]
  /** What is drawn from `also`, where something was asked of it. */
  drawn?: { resource: string; amount: number }[]
}

/**
 * Nothing fits. too-large: not even on empty resources; quota: one of `also` is smaller than what is
 * asked (`resource` says which); no-time: not between `from` and `latest`, or before they close.
 */
export interface NoFit {
  none: 'too-large' | 'quota' | 'no-time'
  resource?: string
  /** The most tasks of this size at once, and the most units of one task, on empty resources. */
  largest: { tasks: number; units: number }
}

/** A stretch of time in which the same is free. */
export interface Step {
  from: number
  to: number
  /** Units free. */
  free: number
}

/** How much of resources was taken in [from, to), in unit-milliseconds. */
export interface Bucket {
  from: number
  to: number
  taken: number
  /** Taken by blocks: neither used nor to be had. */
  blocked: number
  /** All there was. */
  of: number
}
