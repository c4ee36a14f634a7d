// One cycle: due promises, then whose turn it is, admitted, placed, or reserved for and passed.
import { quotaReason } from './admit.ts'
import { Full } from './full.ts'
import { type Judged, judge, type Open } from './judge.ts'
import { type Job, orderOf } from './order.ts'
import type { Found } from './place.ts'
import { displaceFor } from './preempt.ts'
import { earliestStart, reserveFor } from './reserve.ts'
import { groupOf, type State } from './state.ts'
import { behind, passedOver, tellPreempted, tellWaiting } from './tell.ts'
import {
  type Decision,
  type Explanation,
  gangMilli,
  type Pending,
  type Placement,
  type Preemption,
  type Reason,
  type Reservation,
  type Share,
} from './types.ts'

const sameRow = (a: Open, b: Open) =>
  a.option.cost === b.option.cost && a.durationMs === b.durationMs

/** Decides once and leaves the state as decided: started ones run, reservations are let go. */
export class Cycle {
  private readonly state: State
  private readonly placements: Placement[] = []
  private readonly preemptions: Preemption[] = []
  private readonly reservations: Reservation[] = []
  private readonly reasons: Explanation[] = []
  private readonly waiting: { pending: Pending; position: number }[] = []
  private readonly full = new Full()
  /** By kind: limits from here on have no room in this cycle, whoever asks; 0: none at all. */
  private readonly hopeless = new Map<number, number>()
  private dead = 0
  /** Queue and kind that the queue's quota keeps out. */
  private readonly overQuota = new Set<string>()
  /** Queue, kind and priority for which nobody would leave. */
  private readonly inVain = new Set<string>()
  private readonly reserved = new Set<number>()
  private readonly started = new Set<string>()
  private readonly seen = new Set<string>()
  /** Looked at before the order began. */
  private readonly considered = new Set<string>()
  private readonly places = new Set<number>()
  private position = 0
  /** Room is kept for the first in the order, not for whoever has waited longest. */
  private readonly headFirst: boolean

  constructor(state: State) {
    this.state = state
    this.headFirst = state.policy.patienceMs === null || state.liveAt.size === 1
  }

  run(): Decision {
    const { state } = this
    const { policy } = state
    this.startDue()
    this.keepForPatient()
    const order = orderOf(policy, state.tree, state.waiting)
    let stopped = false
    for (let job = order.next(); job; job = order.next()) {
      const { pending } = job
      if (this.started.has(pending.id) || this.considered.has(pending.id)) continue
      this.position++
      if (stopped || this.nothingFits()) break
      if (policy.explain) this.seen.add(pending.id)
      const outcome = this.consider(job)
      if (outcome === 'started') order.charged()
      else if (policy.explain) this.waiting.push({ pending, position: this.position })
      stopped ||= outcome === 'no-room' && !policy.backfill
    }
    return this.finish()
  }

  private finish(): Decision {
    const { state, placements, preemptions, reservations } = this
    if (state.policy.explain) {
      this.tellUnseen()
      this.reasons.push(...tellPreempted(preemptions))
      this.reasons.push(...tellWaiting(state, this.waiting, reservations, preemptions))
    }
    for (const { workloadId } of reservations) state.release(workloadId)
    for (const place of this.places) {
      const list = state.waiting.get(place)!
      const left = list.filter(({ pending }) => !this.started.has(pending.id))
      state.waiting.set(place, left)
    }
    return { placements, preemptions, reservations, reasons: this.reasons }
  }

  /** Behind the depth of the cycle, or behind one that nobody may pass. */
  private tellUnseen(): void {
    const { policy, tree, waiting } = this.state
    const order = orderOf({ ...policy, depth: Number.POSITIVE_INFINITY }, tree, waiting)
    let position = 0
    for (let job = order.next(); job; job = order.next()) {
      const { pending } = job
      position++
      if (this.started.has(pending.id) || this.seen.has(pending.id)) continue
      this.reasons.push(behind(pending, position))
    }
  }

  /** Whether going on could start nobody, reserve for nobody and explain nothing. */
  private nothingFits(): boolean {
    const { live, policy, promised } = this.state
    if (policy.explain || policy.preemption.enabled || promised > 0) return false
    return this.dead === live.size && !this.mayReserve()
  }

  /** Whether whoever comes next in the order may have room kept. */
  private mayReserve(): boolean {
    return this.headFirst && this.reservations.length < this.state.policy.reservations
  }

  /** Those that have waited longest start or have room kept before anybody else is looked at. */
  private keepForPatient(): void {
    const { state } = this
    const { patienceMs, reservations, explain } = state.policy
    if (this.headFirst) return
    for (const job of state.patient(patienceMs!)) {
      if (this.reservations.length >= reservations) return
      const { pending } = job
      if (this.started.has(pending.id) || this.reserved.has(job.place)) continue
      this.position++
      this.considered.add(pending.id)
      if (explain) this.seen.add(pending.id)
      const outcome = this.consider(job, true)
      if (outcome !== 'started' && explain) this.waiting.push({ pending, position: this.position })
    }
  }

  /** Remembers that a kind found no room for this long, or not even for a moment. */
  private giveUp({ pending, kind }: Job, open: readonly Open[]): void {
    const { placer, now } = this.state
    const known = this.hopeless.get(kind) ?? Number.POSITIVE_INFINITY
    if (known === 0) return
    const { gang, limitMs } = pending
    const never = open.every(({ option }) => {
      return placer.count(gang, [groupOf(option)], now, now + 1) < gang.count
    })
    this.hopeless.set(kind, never ? 0 : Math.min(known, limitMs))
    if (never) this.dead++
  }

  /** Starts it, or makes room for it later. */
  private consider(job: Job, patient = false): 'started' | 'no-room' | 'refused' {
    const { state } = this
    const { pending } = job
    const mayReserve = (patient || this.mayReserve()) && !this.reserved.has(job.place)
    const { enabled } = state.policy.preemption
    const promised = state.heldBy(pending.id).length > 0
    const known = this.hopeless.get(job.kind) ?? Number.POSITIVE_INFINITY
    if (pending.limitMs >= known && !mayReserve && !enabled && !promised) return 'no-room'
    const quotaKey = `${job.place}|${job.kind}`
    if (this.overQuota.has(quotaKey) && !enabled) return 'refused'
    const judged = judge(state, pending)
    if (this.tryStart(job, judged.open)) return 'started'
    if (judged.overQuota.length > 0 && judged.overQuota.length === pending.options.length) {
      this.overQuota.add(quotaKey)
    }
    const roomLacks = judged.open.length > 0
    if (roomLacks && judged.refused.length === 0 && !promised) this.giveUp(job, judged.open)
    const displaced = enabled && this.displace(job, judged)
    if (roomLacks && !displaced && mayReserve && !promised) this.reserve(job, judged.open)
    return roomLacks ? 'no-room' : 'refused'
  }

  /** What was promised for now starts before anything else is looked at. */
  private startDue(): void {
    const { state } = this
    if (state.promised === 0) return
    const due: Job[] = []
    for (const list of state.waiting.values()) {
      for (const job of list) {
        const { promise, gate } = job.pending
        if (promise && promise.from <= state.now && gate === null) due.push(job)
      }
    }
    due.sort(({ pending: a }, { pending: b }) => {
      return a.promise!.from - b.promise!.from || (a.id < b.id ? -1 : 1)
    })
    for (const job of due) {
      const { pending } = job
      const option = state.promisedOption(pending)
      const bookings = state.heldBy(pending.id)
      if (!option || bookings.length === 0) continue
      if (quotaReason(state.tree, pending, option, gangMilli(pending.gang))) continue
      this.position++
      const { from, to } = pending.promise!
      const pools = state.promisedPools(pending)
      this.start(job, { option, durationMs: to - state.now }, pools, bookings, [
        { code: 'promise-due', params: { from } },
      ])
    }
  }

  /** Whether the room it holds for later is what stands in its own way. */
  private ownRoomHelps(pending: Pending, to: number): boolean {
    const { room, now, nodes } = this.state
    const { milli, cpuMilli } = pending.gang
    return this.state.heldBy(pending.id).some(({ node, from }) => {
      if (from >= to || node >= nodes.length) return false
      const view = room.view(node, now, now + 1)
      if (milli === 0) return view.cpuMilli >= cpuMilli
      return view.cards.subarray(0, view.count).some((free) => free > 0)
    })
  }

  /** Room now on any of the groups through the duration, or null; what it held stays held then. */
  private findNow(pending: Pending, groups: readonly string[], durationMs: number): Found | null {
    const { state } = this
    const key = groups.join('\n')
    const to = state.now + durationMs
    const known = this.full.has(pending.gang, key, durationMs)
    if (known && !this.ownRoomHelps(pending, to)) return null
    const held = state.release(pending.id)
    const found = state.placer.place(pending.id, pending.gang, groups, state.now, to)
    if (typeof found !== 'number') {
      if (held.length > 0) this.roomGivenBack()
      return found
    }
    state.retake(pending.id, held)
    if (held.length === 0) this.full.add(pending.gang, key, durationMs)
    return null
  }

  private roomGivenBack(): void {
    this.full.clear()
    this.hopeless.clear()
    this.dead = 0
    this.inVain.clear()
  }

  private tryStart(job: Job, open: readonly Open[]): boolean {
    const { state } = this
    const { pending } = job
    for (let i = 0; i < open.length; ) {
      // Options that cost the same are compared node by node, a gang stays within one.
      let end = i + 1
      if (pending.gang.count === 1) {
        while (end < open.length && sameRow(open[i]!, open[end]!)) end++
      }
      const row = open.slice(i, end)
      if (i > 0 && this.worthWaiting(pending, open.slice(0, i), row[0]!)) return false
      const groups = row.map(({ option }) => groupOf(option))
      const found = this.findNow(pending, groups, row[0]!.durationMs)
      if (found) {
        const group = groupOf(state.nodes[found.bookings[0]!.node]!)
        const chosen = row.find(({ option }) => groupOf(option) === group)!
        const to = state.now + chosen.durationMs
        const drawn = state.draw(chosen.option.pools, state.now, to)
        // Judged a moment ago, on the same room.
        if ('short' in drawn) throw new Error(`pool ${drawn.short.poolId} changed in between`)
        const pools = this.bookPools(pending.id, drawn.shares, to)
        const why = { code: 'room-now', params: { position: this.position } }
        this.start(job, chosen, drawn.shares, [...found.bookings, ...pools], [why], open)
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
      const start = earliestStart(this.state, pending, open)
      const cost = open.option.cost + waitCost * (start - this.state.now)
      return cost < dearer.option.cost
    })
  }

  private bookPools(owner: string, shares: readonly Share[], to: number) {
    const { state } = this
    return shares.map(({ poolId, units }) => {
      const node = state.poolNode(poolId)!
      const taken = { units: [], cpuMilli: units, memoryMib: 0 }
      const booking = { owner, node, from: state.now, to, ...taken }
      state.room.book(booking)
      return booking
    })
  }

  private start(
    job: Job,
    { option, durationMs }: Open,
    pools: readonly Share[],
    bookings: Parameters<State['claimsOf']>[0],
    reasons: Reason[],
    open: readonly Open[] = [],
  ): void {
    const { state } = this
    const { pending, place } = job
    const { id, queueId, priority, preemptible, gang, charge } = pending
    const { clusterId, flavorId } = option
    const slot = { from: state.now, to: state.now + durationMs, claims: state.claimsOf(bookings) }
    const borrowed = state.tree.borrows(place, state.amountsOf(gang, flavorId))
    const running = { id, queueId, priority, preemptible, gang, slot, pools, charge, borrowed }
    state.begin({ ...running, leavingBy: null }, bookings)
    this.started.add(id)
    this.places.add(place)
    this.leave(job)
    this.placements.push({ workloadId: id, clusterId, flavorId, slot, pools, borrowed })
    if (!state.policy.explain) return
    this.reasons.push({
      workloadId: id,
      outcome: 'placed',
      position: this.position,
      reasons,
      alternatives: passedOver(option, open),
      startsBy: state.now,
    })
  }

  /** It waits no longer; the last of a kind takes what was known of the kind with it. */
  private leave(job: Job): void {
    const { state } = this
    state.leaves(job)
    if (!state.live.has(job.kind) && this.hopeless.get(job.kind) === 0) this.dead--
  }

  /** Asks others to leave where rank or borrowed quota allow it and it really helps. */
  private displace({ pending, kind }: Job, { open, overQuota }: Judged): boolean {
    const { state } = this
    const key = `${pending.queueId}|${kind}|${pending.priority}`
    if (this.stands(pending) || this.inVain.has(key)) return false
    const options = [...open.map(({ option }) => option), ...overQuota]
    for (const option of options.sort((a, b) => a.cost - b.cost)) {
      const found = displaceFor(state, pending, option)
      if (!found) continue
      this.preemptions.push(...found.preemptions)
      this.reservations.push(found.reservation)
      this.roomGivenBack()
      return true
    }
    if (pending.displacedBy.length === 0) this.inVain.add(key)
    return false
  }

  /** Whether others leave for it already. */
  private stands({ id, promise }: Pending): boolean {
    const { now, policy } = this.state
    return (
      promise !== null &&
      promise.from <= now + policy.preemption.noticeMs &&
      this.state.heldBy(id).length > 0
    )
  }

  /** Keeps room for the first of a queue that has to wait, so that no later one delays it. */
  private reserve({ pending, place }: Job, open: readonly Open[]): void {
    const reservation = reserveFor(this.state, pending, open)
    if (!reservation) return
    this.reserved.add(place)
    this.reservations.push(reservation)
  }
}
