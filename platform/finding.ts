// What an integrity check found: `./kapok check` prints these and fails when one is an error.
import type { Text } from './context.ts'

export interface Finding {
  /** Which rule is broken, such as 'journal.leaf'. */
  code: string
  severity: 'error' | 'note'
  /** Where: a position, a tile, a seal, an account. */
  place: string
  text: Text
}
