// What every operation of the rulebook is given beside its transaction.
import type { Given } from '#engines/rules/evaluation.ts'
import type { Notices } from '#services/notices/index.ts'

export interface Parts {
  workdays: Given['workdays']
  notify: Notices['notify']
}
