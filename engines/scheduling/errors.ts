// A snapshot or policy that contradicts itself is refused before anything is decided.
import type { Params } from './types.ts'

export class SnapshotError extends Error {
  readonly code: string
  readonly params: Params
  constructor(code: string, params: Params) {
    super(`${code} ${JSON.stringify(params)}`)
    this.name = 'SnapshotError'
    this.code = code
    this.params = params
  }
}
