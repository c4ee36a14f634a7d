// What is wrong with a text of the language, and where.

export type FeelErrorCode =
  | 'unclosed-string'
  | 'unknown-character'
  | 'unexpected'
  | 'unknown-type'
  | 'too-deep'

export class FeelError extends Error {
  readonly code: FeelErrorCode
  /** Offset in the text. */
  readonly at: number
  constructor(code: FeelErrorCode, at: number, found = '') {
    super(`${code} at ${at}${found ? `: ${found}` : ''}`)
    this.code = code
    this.at = at
  }
}
