// One cycle: due promises, then whose turn it is, admitted, placed, or reserved for and passed.
import { deadlineReason, durationOn, quotaReason } from './admit.ts'
import { Explainer } from './explain.ts'
import { orderOf } from './order.ts'
import type { Found } from './place.ts'
import { displaceFor } from './preempt.ts'
import { earliestFit } from './reserve.ts'
import { groupOf, type State } from './state.ts'
import {
  type Alternative,
  type Decision,
  type Explanation,
  gangMilli,
  type Option,
  type Pending,
  type Placement,
  type Preemption,
  type Reason,
  type Reservation,
} from './types.ts'

/** An option that quota, pools and deadline allow now. */
interface Open {
  option: Option
  durationMs: number
}
interface Judged {
  open: Open[]
  refused: Alternative[]
  /** Options that only the quota forbids. */
  overQuota: Option[]
}
interface Waiting {
  pending: Pending
  position: number
  judged: Judged
}

const byCost = (a: Open, b: Open) => a.option.cost - b.option.cost || a.durationMs - b.durationMs
const sameRow = (a: Open, b: Open) =>
  a.option.cost === b.option.cost && a.durationMs === b.durationMs

export class Cycle {
  private readonly state: State
  private readonly placements: Placement[] = []
  private readonly preemptions: Preemption[] = []
  private readonly reservations: Reservation[] = []
  private readonly reasons: Explanation[] = []
  private readonly waiting: Waiting[] = []
  /** By kind of gang and place: the shortest duration that found no room in this cycle. */
  private readonly full = new Map<string, number>()
  private readonly reserved = new Set<string>()
  private readonly started = new Set<string>()
  private position = 0

  constructor(state: State) {
    this.state = state
  }

  run(): Decision {
    const { state } = this
    this.startDue()
    const order = orderOf(state.policy, state.tree, state.waiting)
    let stopped = false
    for (let pending = order.next(); pending; pending = order.next()) {
      if (this.started.has(pending.id)) continue
      this.position++
      if (stopped || this.position > state.policy.depth) {
        this.pass(pending)
        if (!state.policy.explain) break
        continue
      }
      const judged = this.judge(pending)
      if (this.tryStart(pending, judged.open)) continue
      this.waiting.push({ pending, position: this.position, judged })
      if (this.displace(pending, judged)) continue
      const blocked = judged.open.length > 0
      if (blocked) this.reserve(pending, judged.open)
      if (blocked && !state.policy.backfill) stopped = true
    }
    if (state.policy.explain) this.explain()
    for (const { workloadId } of this.reservations) state.release(workloadId)
    for (const [place, list] of state.waiting) {
      const left = list.filter((pending) => !this.started.has(pending.id))
      if (left.length < list.length) state.waiting.set(place, left)
    }
    const { placements, preemptions, reservations, reasons } = this
    return { placements, preemptions, reservations, reasons }
  }

  /** What was promised for now starts before anything else is looked at. */
  private startDue(): void {
    const { state } = this
    const due = [...state.waiting.values()]
      .flat()
      .filter((one) => one.promise && one.promise.from <= state.now && one.gate === null)
      .sort((a, b) => a.promise!.from - b.promise!.from || (a.id < b.id ? -1 : 1))
    for (const pending of due) {
      const option = state.promisedOption(pending)
      if (!option || state.heldBy(pending.id).length === 0) continue
      const milli = gangMilli(pending.gang)
      if (quotaReason(state.tree, pending, option, milli)) continue
      const bookings = state.heldBy(pending.id)
      this.position++
      this.start(pending, { option, durationMs: pending.promise!.to - state.now }, bookings, [
        { code: 'promise-due', params: { from: pending.promise!.from } },
      ])
    }
  }

  private judge(pending: Pending): Judged {
    const { state } = this
    const open: Open[] = []
    const refused: Alternative[] = []
    const overQuota: Option[] = []
    const milli = gangMilli(pending.gang)
    for (const option of pending.options) {
      const durationMs = durationOn(state.policy, pending, option)
      const firm =
        pending.gate ??
        option.refused ??
        deadlineReason(pending, option, state.now) ??
        this.poolReason(pending, option, durationMs)
      const why = firm ?? quotaReason(state.tree, pending, option, milli)
      if (!why) open.push({ option, durationMs })
      else refused.push(this.lost(option, null, why))
      if (why && !firm) overQuota.push(option)
    }
    return { open: open.sort(byCost), refused, overQuota }
  }

  private lost(option: Option, start: number | null, reason: Reason): Alternative {
    const { clusterId, flavorId, cost } = option
    return { clusterId, flavorId, cost, start, reason }
  }

  private poolReason(pending: Pending, option: Option, durationMs: number): Reason | null {
    const { room, now } = this.state
    for (const { poolId, units } of option.pools) {
      const node = this.state.poolNode(poolId)
      if (node === undefined) return { code: 'pool-unknown', params: { pool: poolId } }
      const own = this.state.heldBy(pending.id).find((booking) => booking.node === node)
      if (own) room.unbook(own)
      const free = room.view(node, now, now + durationMs).cpuMilli
      if (own) room.book(own)
      if (free < units) {
        return { code: 'pool', params: { pool: poolId, needUnits: units, freeUnits: free } }
      }
    }
    return null
  }

  private kindKey(pending: Pending, groups: readonly string[]): string {
    const { count, milli, cpuMilli, memoryMib } = pending.gang
    return `${count}|${milli}|${cpuMilli}|${memoryMib}|${groups.join('\n')}`
  }

  /** Whether the room it holds for later is what stands in its own way. */
  private ownRoomHelps(pending: Pending, to: number): boolean {
    const { room, now, nodes } = this.state
    const { milli } = pending.gang
    return this.state.heldBy(pending.id).some(({ node, from }) => {
      if (from >= to || node >= nodes.length) return false
      const view = room.view(node, now, now + 1)
      if (milli === 0) return view.cpuMilli >= pending.gang.cpuMilli
      return view.cards.subarray(0, view.count).some((free) => free > 0)
    })
  }

  /** Room now on any of the groups through the duration, or null; what it held stays held then. */
  private findNow(pending: Pending, groups: readonly string[], durationMs: number): Found | null {
    const { state } = this
    const key = this.kindKey(pending, groups)
    const to = state.now + durationMs
    const known = this.full.get(key) ?? Number.POSITIVE_INFINITY
    if (durationMs >= known && !this.ownRoomHelps(pending, to)) return null
    const held = state.release(pending.id)
    const found = state.placer.place(pending.id, pending.gang, groups, state.now, to)
    if (typeof found !== 'number') {
      if (held.length > 0) this.full.clear()
      return found
    }
    state.retake(pending.id, held)
    this.full.set(key, Math.min(known, durationMs))
    return null
  }

  private tryStart(pending: Pending, open: readonly Open[]): boolean {
    const { state } = this
    for (let i = 0; i < open.length; ) {
      // Options that cost the same are compared node by node, a gang stays within one.
      let end = i + 1
      if (pending.gang.count === 1) {
        while (end < open.length && sameRow(open[i]!, open[end]!)) end++
      }
      const row = open.slice(i, end)
      const { durationMs } = row[0]!
      const groups = row.map(({ option }) => groupOf(option))
      if (i > 0 && this.worthWaiting(pending, open.slice(0, i), row[0]!)) return false
      const found = this.findNow(pending, groups, durationMs)
      if (found) {
        const group = groupOf(state.nodes[found.bookings[0]!.node]!)
        const chosen = row.find(({ option }) => groupOf(option) === group)!
        const pools = this.bookPools(pending.id, chosen)
        const why = { code: 'room-now', params: { position: this.position } }
        this.start(pending, chosen, [...found.bookings, ...pools], [why], open)
        return true
      }
      i = end
    }
    return false
  }

  /** Whether a cheaper option, though later, is the better bargain. */
  private worthWaiting(pending: Pending, cheaper: readonly Open[], dearer: Open): boolean {
    const { waitCost } = this.state.policy
    return cheaper.some((open) => {
      const start = this.earliest(pending, open)
      const cost = open.option.cost + waitCost * (start - this.state.now)
      return cost < dearer.option.cost
    })
  }

  private earliest(pending: Pending, { option, durationMs }: Open): number {
    const { state } = this
    const pools = option.pools.map(({ poolId, units }) => ({
      node: state.poolNode(poolId)!,
      units,
    }))
    const fits = (from: number) =>
      deadlineReason(pending, option, from) === null &&
      pools.every(({ node, units }) => {
        return state.room.view(node, from, from + durationMs).cpuMilli >= units
      })
    const ends = state.room.endsOn(pools.map(({ node }) => node))
    const { room, placer } = state
    const groups = [groupOf(option)]
    return earliestFit(room, placer, pending.gang, groups, durationMs, fits, ends)
  }

  private bookPools(owner: string, { option, durationMs }: Open) {
    const { state } = this
    return option.pools.map(({ poolId, units }) => {
      const booking = {
        owner,
        node: state.poolNode(poolId)!,
        from: state.now,
        to: state.now + durationMs,
        units: [],
        cpuMilli: units,
        memoryMib: 0,
      }
      state.room.book(booking)
      return booking
    })
  }

  private start(
    pending: Pending,
    { option, durationMs }: Open,
    bookings: Parameters<State['claimsOf']>[0],
    reasons: Reason[],
    open: readonly Open[] = [],
  ): void {
    const { state } = this
    const { id, queueId, priority, preemptible, gang } = pending
    const { clusterId, flavorId, pools } = option
    const slot = { from: state.now, to: state.now + durationMs, claims: state.claimsOf(bookings) }
    const place = state.tree.place(queueId)
    const borrowed = state.tree.borrows(place, state.amountsOf(gang, flavorId))
    const running = { id, queueId, priority, preemptible, gang, slot, pools, borrowed }
    state.begin({ ...running, leavingBy: null }, bookings)
    this.started.add(id)
    this.placements.push({ workloadId: id, clusterId, flavorId, slot, pools, borrowed })
    if (!state.policy.explain) return
    const alternatives = open
      .filter((other) => other.option !== option)
      .map(({ option: other }) => {
        const params = { cost: other.cost, chosen: option.cost }
        const code =
          other.cost > option.cost ? 'dearer' : other.cost < option.cost ? 'full' : 'equal'
        return this.lost(other, null, { code, params })
      })
    const { position } = this
    this.reasons.push({
      workloadId: id,
      outcome: 'placed',
      position,
      reasons,
      alternatives,
      startsBy: state.now,
    })
  }

  /** Asks others to leave where rank or borrowed quota allow it and it really helps. */
  private displace(pending: Pending, { open, overQuota }: Judged): boolean {
    const { state } = this
    if (!state.policy.preemption.enabled || this.stands(pending)) return false
    const options = [...open.map(({ option }) => option), ...overQuota]
    for (const option of options.sort((a, b) => a.cost - b.cost)) {
      const found = displaceFor(state, pending, option)
      if (!found) continue
      this.preemptions.push(...found.preemptions)
      this.reservations.push(found.reservation)
      this.full.clear()
      return true
    }
    return false
  }

  /** Whether others leave for it already. */
  private stands(pending: Pending): boolean {
    const { promise } = pending
    return (
      promise !== null &&
      promise.from <= this.state.now + this.state.policy.preemption.noticeMs &&
      this.state.heldBy(pending.id).length > 0
    )
  }

  /** Keeps room for the first of a queue that has to wait, so that no later one delays it. */
  private reserve(pending: Pending, open: readonly Open[]): void {
    const { state } = this
    if (this.reservations.length >= state.policy.reservations) return
    if (state.heldBy(pending.id).length > 0 || this.reserved.has(pending.queueId)) return
    let best: { open: Open; start: number; cost: number } | null = null
    for (const one of open) {
      const start = this.earliest(pending, one)
      if (start === Number.POSITIVE_INFINITY) continue
      const cost = one.option.cost + state.policy.waitCost * (start - state.now)
      if (!best || cost < best.cost || (cost === best.cost && start < best.start)) {
        best = { open: one, start, cost }
      }
    }
    if (!best) return
    const { option, durationMs } = best.open
    const { clusterId, flavorId } = option
    const to = best.start + durationMs
    const found = state.placer.place(pending.id, pending.gang, [groupOf(option)], best.start, to)
    if (typeof found === 'number') return
    for (const booking of found.bookings) state.room.unbook(booking)
    const slot = { from: best.start, to, claims: found.claims }
    state.hold(pending.id, slot, pending.gang, option.pools)
    this.reserved.add(pending.queueId)
    this.reservations.push({ workloadId: pending.id, clusterId, flavorId, slot })
  }

  /** Not looked at: behind the depth of the cycle, or behind one that nobody may pass. */
  private pass(pending: Pending): void {
    this.reasons.push({
      workloadId: pending.id,
      outcome: 'waiting',
      position: this.position,
      reasons: [{ code: 'behind-in-order', params: { ahead: this.position - 1 } }],
      alternatives: [],
      startsBy: pending.promise?.from ?? null,
    })
  }

  private explain(): void {
    const explainer = new Explainer(this.state)
    const reserved = new Map(this.reservations.map((one) => [one.workloadId, one.slot.from]))
    for (const { workloadId, reason } of this.preemptions) {
      const base = { workloadId, position: null, alternatives: [], startsBy: null }
      this.reasons.push({ ...base, outcome: 'preempted', reasons: [reason] })
    }
    const displaces = new Set(this.preemptions.map((one) => one.by))
    for (const { pending, position, judged } of this.waiting) {
      const full = judged.open.map(({ option, durationMs }) =>
        this.lost(option, null, explainer.noRoom(pending.gang, option, durationMs)),
      )
      const alternatives = [...full, ...judged.refused]
      const found = alternatives[0]?.reason ?? { code: 'no-option', params: {} }
      const leaving = { code: 'others-leaving', params: { from: reserved.get(pending.id) ?? null } }
      const binding = displaces.has(pending.id) ? leaving : found
      const stands = this.state.heldBy(pending.id).length > 0
      const promised = stands ? pending.promise?.from : undefined
      this.reasons.push({
        workloadId: pending.id,
        outcome: 'waiting',
        position,
        reasons: [binding],
        alternatives,
        startsBy: promised ?? reserved.get(pending.id) ?? null,
      })
    }
  }
}
