// Carries a small world through time: applies decisions, lets workloads leave, end and queue again.
import { schedule } from '#engines/scheduling/schedule.ts'
import type { Decision, Pending, Policy, Preemption, Snapshot } from '#engines/scheduling/types.ts'

/** Past limits and promises are the engine's own; everything else comes from the caller. */
export class Life {
  snapshot: Snapshot
  private readonly policy: Policy
  private readonly jobs = new Map<string, Pending>()
  private readonly displacedBy = new Map<string, string[]>()

  constructor(snapshot: Snapshot, policy: Policy) {
    this.snapshot = snapshot
    this.policy = policy
    for (const job of snapshot.pending) this.jobs.set(job.id, job)
  }

  submit(job: Pending): void {
    this.jobs.set(job.id, job)
    this.snapshot = { ...this.snapshot, pending: [...this.snapshot.pending, job] }
  }

  /** Whatever it was doing, it is over. */
  end(id: string): void {
    const others = (one: { id: string }) => one.id !== id
    const { pending, running } = this.snapshot
    this.snapshot = {
      ...this.snapshot,
      pending: pending.filter(others),
      running: running.filter(others),
    }
  }

  /** Lets time pass: who was asked to leave is gone by then, whose limit is reached has ended. */
  advance(now: number): void {
    const leaves = this.snapshot.running.filter(({ leavingBy }) => (leavingBy ?? now + 1) <= now)
    const gone = new Set(leaves.map((one) => one.id))
    const requeued = leaves.map(({ id }) => ({
      ...this.jobs.get(id)!,
      promise: null,
      displacedBy: this.displacedBy.get(id) ?? [],
    }))
    this.snapshot = {
      ...this.snapshot,
      now,
      running: this.snapshot.running.filter((one) => !gone.has(one.id) && one.slot.to > now),
      pending: [...this.snapshot.pending, ...requeued],
    }
  }

  /** One cycle, applied. */
  cycle(): Decision {
    const decision = schedule(this.snapshot, this.policy)
    const placed = new Set(decision.placements.map((one) => one.workloadId))
    const started = decision.placements.map(({ workloadId, slot, pools, borrowed }) => {
      const { id, queueId, priority, preemptible, gang, charge } = this.jobs.get(workloadId)!
      const asked = { id, queueId, priority, preemptible, gang, charge }
      return { ...asked, slot, pools, borrowed, leavingBy: null }
    })
    const leaving = new Map(decision.preemptions.map((one) => [one.workloadId, one]))
    for (const [id, { by }] of leaving) this.remember(id, by)
    const kept = new Map(decision.reservations.map((one) => [one.workloadId, one.slot]))
    const displacing = new Set([...leaving.values()].map((one: Preemption) => one.by))
    this.snapshot = {
      ...this.snapshot,
      running: [
        ...this.snapshot.running.map((one) => {
          return { ...one, leavingBy: leaving.get(one.id)?.leavingBy ?? one.leavingBy }
        }),
        ...started,
      ],
      pending: this.snapshot.pending
        .filter((one) => !placed.has(one.id))
        .map((one) => (displacing.has(one.id) ? { ...one, promise: kept.get(one.id)! } : one)),
    }
    return decision
  }

  private remember(id: string, by: string): void {
    this.displacedBy.set(id, [...(this.displacedBy.get(id) ?? []), by])
  }
}
