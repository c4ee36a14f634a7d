// Why nothing fits, as a problem that says what would.
import type { NoFit } from '#engines/intervals/types.ts'
import { type Problem, problem } from '#platform/errors.ts'

/** capacity.too-large with the largest possible; capacity.quota; or capacity.none in that time. */
export function refusalOf({ none, resource, largest }: NoFit): Problem {
  if (none === 'quota') return problem('capacity.quota', { resource: resource ?? null })
  return problem(none === 'too-large' ? 'capacity.too-large' : 'capacity.none', largest)
}
