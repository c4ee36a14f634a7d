// Bounded worker threads for engines: heavy pure work never runs on the HTTP thread.
import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'

export interface Pools {
  /**
   * Runs an exported function of a module in a worker.
   * @param module file URL of the module, e.g. import.meta.resolve('#engines/x/worker.ts')
   */
  run<T>(module: string, name: string, input: unknown, signal?: AbortSignal): Promise<T>
  close(): Promise<void>
}

/** A pool of at most `threads` workers and a bounded queue; workers end when idle. */
export function openPools(threads = Math.max(1, availableParallelism() - 1)): Pools {
  let pool: Piscina | undefined
  return {
    run: (module, name, input, signal) => {
      pool ??= new Piscina({
        minThreads: 0,
        maxThreads: threads,
        maxQueue: 200,
        idleTimeout: 30_000,
      })
      return pool.run(input, { filename: module, name, ...(signal ? { signal } : {}) })
    },
    close: async () => {
      await pool?.close()
    },
  }
}
