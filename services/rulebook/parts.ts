// What every operation of the rulebook is given beside its transaction.
import type { Given } from '#engines/rules/evaluation.ts'
import type { Notices } from '#services/notices/index.ts'
import type { Clauses } from './citations.ts'
import type { Asking } from './population.ts'

export interface Parts {
  workdays: Given['workdays']
  notify: Notices['notify']
}

export interface DraftParts extends Parts {
  clauses: Clauses
}

export interface RulebookParts extends DraftParts {
  asking: Asking
  populationSize: number
  /** YYYY-MM-DD in Guangdong. */
  today(): string
}
