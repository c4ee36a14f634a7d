// What every operation of compute has at hand, besides its context.
import type { Ctx } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import type { Capacity } from '#services/capacity/index.ts'
import type { Files } from '#services/files/index.ts'
import type { Ledger } from '#services/ledger/index.ts'
import type { Notices } from '#services/notices/index.ts'
import type { Discovery, Executor } from './ports.ts'
import type { BundledProgram } from './programs.ts'

/** Opens a transaction in the name of the one active dispatcher; throws where another has taken over. */
export type Transact = <T>(work: (ctx: Ctx) => Promise<T>) => Promise<T>

export interface Parts {
  world: World
  capacity: Capacity
  files: Files
  vouchers: Ledger['vouchers']
  notify: Notices['notify']
  executor: Executor
  /** What the executor found when it was opened. */
  machine: Discovery
  programs: ReadonlyMap<string, BundledProgram>
}
