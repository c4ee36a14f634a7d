// The credit code at the door: normalised, both check digits verified, a problem for what is wrong.
import { checkCreditCode, normaliseCreditCode } from '#engines/credit-code/credit-code.ts'
import { problem } from '#platform/errors.ts'

/**
 * A credit code as it is stored.
 * @throws identity.credit-code naming the wrong digit and what it would have to be
 */
export function requireCreditCode(text: string): string {
  const check = checkCreditCode(normaliseCreditCode(text))
  if (check.ok) return check.code
  if (check.fault === 'length') {
    throw problem('identity.credit-code-length', { length: check.length })
  }
  if (check.fault === 'character') {
    const { position, found } = check
    throw problem('identity.credit-code-character', { position, found })
  }
  const [{ position, found, expected }] = check.wrong
  const wrong = check.wrong.map((digit) => ({ ...digit }))
  throw problem('identity.credit-code', { position, found, expected, wrong })
}
