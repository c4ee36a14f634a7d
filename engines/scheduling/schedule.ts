// The scheduler: decides on a snapshot, changes nothing, and answers alike every time.
import { Cycle } from './cycle.ts'
import { State } from './state.ts'
import type { Decision, Policy, Snapshot } from './types.ts'
import { validate, validatePolicy } from './validate.ts'

/**
 * Who starts now and where, for whom room is kept, who is asked to leave, and why everybody else
 * waits. A workload that holds a promise starts there at the latest; nobody breaks it.
 * @throws SnapshotError when the snapshot or policy contradicts itself
 */
export function schedule(snapshot: Snapshot, policy: Policy): Decision {
  validate(snapshot)
  validatePolicy(policy)
  return new Cycle(new State(snapshot, policy)).run()
}
