// What is wrong with a rule as it is written: for whoever edits it, in both languages.

export type RuleErrorCode =
  | 'syntax'
  | 'name-unknown'
  | 'not-in-law'
  | 'type'
  | 'unit'
  | 'unit-size'
  | 'unit-unknown'
  | 'value-unknown'
  | 'rounding'
  | 'too-much'
  | 'division-by-zero'
  | 'date'
  | 'cycle'
  | 'name-twice'
  | 'table-shape'
  | 'validity'
  | 'fact'

export class RuleError extends Error {
  readonly code: RuleErrorCode
  readonly zh: string
  /** Where: a node of the rule set, a row, a column; filled in by whoever knows. */
  readonly place: readonly string[]
  constructor(code: RuleErrorCode, zh: string, en: string, place: readonly string[] = []) {
    super(en)
    this.name = 'RuleError'
    this.code = code
    this.zh = zh
    this.place = place
  }

  /** The same, said to be within something. */
  within(...place: readonly string[]): RuleError {
    return new RuleError(this.code, this.zh, this.message, [...place, ...this.place])
  }
}

/** Runs work and says of what is wrong where it is. */
export function within<T>(place: readonly string[], work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RuleError ? error.within(...place) : error
  }
}
