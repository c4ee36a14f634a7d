// A calendar of resources and claims: what is free when, and the earliest time for a request.
import { ExactLane, type Need, PooledLane, type Room } from './lanes.ts'
import { type Flat, flatten, sizeOf, unflatten } from './ranges.ts'
import { type Also, search } from './search.ts'
import type { Claim, Fit, FitRequest, NoFit, Resource, Step, Taking } from './types.ts'

/** A claim on units that another claim holds at the same time: the caller's picture is not whole. */
export class OverlapError extends Error {}

/** Units of an exact resource by grain, counted from each grain's first. */
function byGrain(lane: ExactLane, units: Flat): Map<number, Flat> {
  const { grain } = lane.resource
  const parts = new Map<number, number[]>()
  for (let i = 0; i < units.length; i += 2) {
    const end = units[i + 1]!
    for (let from = units[i]!; from < end; ) {
      const nth = Math.floor(from / grain)
      const to = Math.min(end, (nth + 1) * grain)
      const part = parts.get(nth)
      if (part) part.push(from - nth * grain, to - nth * grain)
      else parts.set(nth, [from - nth * grain, to - nth * grain])
      from = to
    }
  }
  for (const [nth, part] of parts) {
    if (part.length === 2 && sizeOf(part) === grain) parts.set(nth, lane.whole as number[])
  }
  return parts
}

/**
 * Holds in memory what is taken. It keeps the law for exact resources (no unit twice at a time);
 * sums of pooled ones may pass their units where the resource was larger once.
 */
export class Calendar {
  readonly #lanes = new Map<string, ExactLane | PooledLane>()
  readonly #claims = new Map<string | number, Claim>()

  /** Builds a calendar from plain data, such as a snapshot. */
  static from(resources: Iterable<Resource>, claims: Iterable<Claim>): Calendar {
    const calendar = new Calendar()
    for (const resource of resources) calendar.setResource(resource)
    for (const claim of claims) calendar.add(claim)
    return calendar
  }

  /** Plain data of some resources (all when missing): copies between threads. */
  snapshot(ids?: readonly string[]): { resources: Resource[]; claims: Claim[] } {
    const wanted = ids === undefined ? null : new Set(ids)
    const isWanted = (id: string) => wanted === null || wanted.has(id)
    return {
      resources: [...this.#lanes.values()]
        .map(({ resource }) => resource)
        .filter(({ id }) => isWanted(id)),
      claims: [...this.#claims.values()].filter(({ resource }) => isWanted(resource)),
    }
  }

  /** How many claims it holds. */
  get size(): number {
    return this.#claims.size
  }

  resource(id: string): Resource | undefined {
    return this.#lanes.get(id)?.resource
  }

  /** Adds a resource, or changes its units and end; mode and grain stay. */
  setResource(resource: Resource): void {
    const lane = this.#lanes.get(resource.id)
    if (!lane) {
      const made = resource.mode === 'exact' ? new ExactLane(resource) : new PooledLane(resource)
      this.#lanes.set(resource.id, made)
      return
    }
    const { mode, grain, units } = lane.resource
    if (mode !== resource.mode || grain !== resource.grain) {
      throw new Error(`resource ${resource.id} keeps its mode and grain`)
    }
    if (lane instanceof ExactLane && units !== resource.units) lane.resize(resource)
    else lane.resource = resource
  }

  claim(id: string | number): Claim | undefined {
    return this.#claims.get(id)
  }

  /** Takes units. @throws OverlapError, having changed nothing */
  add(claim: Claim): void {
    if (this.#claims.has(claim.id)) throw new Error(`claim ${claim.id} is there already`)
    const lane = this.#lane(claim.resource)
    if (lane instanceof PooledLane) {
      lane.sums.add(claim.from, claim.to, amountOf(claim))
    } else {
      const parts = byGrain(lane, flatten(unitsOf(claim)))
      for (const [nth, part] of parts) {
        if (!lane.grain(nth).isFree(part, claim.from, claim.to)) {
          throw new OverlapError(`claim ${claim.id} on ${claim.resource}`)
        }
      }
      this.#change(lane, parts, claim, true)
    }
    this.#claims.set(claim.id, claim)
  }

  /** Gives back what a claim took; returns false when there is no such claim. */
  remove(id: string | number): boolean {
    const claim = this.#claims.get(id)
    if (!claim) return false
    const lane = this.#lane(claim.resource)
    if (lane instanceof PooledLane) lane.sums.add(claim.from, claim.to, -amountOf(claim))
    else this.#change(lane, byGrain(lane, flatten(unitsOf(claim))), claim, false)
    this.#claims.delete(id)
    return true
  }

  #change(lane: ExactLane, parts: Map<number, Flat>, { from, to }: Claim, taking: boolean): void {
    for (const [nth, part] of parts) {
      lane.grain(nth).change(from, to, part, taking, (start, end, by) => {
        if (nth < lane.count) lane.inUse.add(start, end, by)
      })
    }
  }

  /** Drops claims that ended at a moment or before; searches must start later. */
  forget(before: number): void {
    for (const { id, to } of this.#claims.values()) if (to <= before) this.remove(id)
  }

  /** Whether all of it is free throughout [from, to), and the resource open. */
  isFree(taking: Taking, from: number, to: number): boolean {
    const lane = this.#lane(taking.resource)
    if (to > lane.resource.openUntil) return false
    if (lane instanceof PooledLane) {
      return lane.sums.most(from, to) + amountOf(taking) <= lane.resource.units
    }
    const units = unitsOf(taking)
    if (units.some(([low, high]) => low < 0 || high > lane.resource.units)) return false
    return [...byGrain(lane, flatten(units))].every(([nth, part]) =>
      lane.grain(nth).isFree(part, from, to),
    )
  }

  /** Units free at a moment. */
  freeAt(resource: string, moment: number): number {
    return this.freeProfile(resource, moment, moment + 1)[0]!.free
  }

  /** Units free over time, as steps that cover [from, to). */
  freeProfile(resource: string, from: number, to: number): Step[] {
    const lane = this.#lane(resource)
    const { units } = lane.resource
    const lines = lane instanceof PooledLane ? [lane.sums] : lane.grains.slice(0, lane.count)
    const starts = new Set([from])
    for (const line of lines) {
      for (let step = line.at(from) + 1; step < line.times.length; step++) {
        if (line.times[step]! >= to) break
        starts.add(line.times[step]!)
      }
    }
    const steps: Step[] = []
    for (const start of [...starts].sort((a, b) => a - b)) {
      const taken = lines.reduce((sum, line) => sum + line.sums[line.at(start)]!, 0)
      const last = steps.at(-1)
      if (last) last.to = start
      if (last?.free === units - taken) continue
      steps.push({ from: start, to, free: units - taken })
    }
    steps.at(-1)!.to = to
    return steps
  }

  /** Of each grain (pooled: of the whole), how many of the same units stay free over [from, to). */
  minFree(resource: string, from: number, to: number): number[] {
    const lane = this.#lane(resource)
    if (lane instanceof PooledLane) return [lane.resource.units - lane.sums.most(from, to)]
    return Array.from({ length: lane.count }, (_, nth) => sizeOf(lane.freeOf(nth, from, to)))
  }

  /** The units of an exact resource that stay free over [from, to). */
  freeUnits(resource: string, from: number, to: number): [number, number][] {
    const lane = this.#lane(resource)
    if (lane instanceof PooledLane) throw new Error(`${resource} is pooled`)
    const free: [number, number][] = []
    for (let nth = 0; nth < lane.count; nth++) {
      const offset = nth * lane.resource.grain
      for (const [low, high] of unflatten(lane.freeOf(nth, from, to))) {
        const last = free.at(-1)
        if (last?.[1] === low + offset) last[1] = high + offset
        else free.push([low + offset, high + offset])
      }
    }
    return free
  }

  /** How many tasks fit on a resource when they start at a moment, and until when that stays so. */
  room(resource: string, need: Need, start: number): Room {
    return this.#lane(resource).room(need, start)
  }

  /**
   * The earliest start at which every task and everything in `also` fits for the whole duration.
   * Ties go to what `among` names first. Resources that are not known are passed over.
   */
  earliestFit(request: FitRequest): Fit | NoFit {
    const { tasks, units, duration, from } = request
    for (const number of [tasks, units, duration]) {
      if (!Number.isSafeInteger(number) || number < 1) throw new RangeError('positive integers')
    }
    if (!Number.isSafeInteger(from) || from < 0) throw new RangeError('from')
    const lanes: (ExactLane | PooledLane)[] = []
    for (const id of request.among) {
      const lane = this.#lanes.get(id)
      if (lane) lanes.push(lane)
    }
    const also = new Map<string, Also>()
    for (const { resource, units, first = false, keep = 0 } of request.also ?? []) {
      const lane = this.#lane(resource)
      if (lane instanceof ExactLane) throw new Error(`${resource} is not pooled`)
      if (lanes.includes(lane)) throw new Error(`${resource} is a place and a constraint`)
      const before = also.get(resource)?.units ?? 0
      also.set(resource, { lane, units: units + before, first, keep })
    }
    return search(request, lanes, [...also.values()])
  }

  #lane(id: string): ExactLane | PooledLane {
    const lane = this.#lanes.get(id)
    if (!lane) throw new Error(`no resource ${id}`)
    return lane
  }
}

function unitsOf(taking: Taking) {
  if (!('units' in taking)) throw new Error(`${taking.resource}: units are missing`)
  return taking.units
}

function amountOf(taking: Taking): number {
  if (!('amount' in taking)) throw new Error(`${taking.resource}: an amount is missing`)
  return taking.amount
}
