// The unified social credit code (GB 32100-2015) with the organisation code inside it (GB 11714).

/** Digits of the code in the order of their values; I, O, S, V and Z are not used. */
export const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'

const LENGTH = 18
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2]
const ORGANISATION_START = 8
const ORGANISATION_CHECK = 16

/** A digit that cannot stand: `position` counts from 1; `expected` is what it would have to be. */
export interface WrongDigit {
  position: number
  found: string
  expected: string
}

export type CreditCodeCheck =
  | { ok: true; code: string }
  | { ok: false; fault: 'length'; length: number }
  | { ok: false; fault: 'character'; position: number; found: string }
  | { ok: false; fault: 'check'; wrong: [WrongDigit, ...WrongDigit[]] }

/** The check digit (position 9 of 9) of an organisation code, GB 11714: modulus 11. */
function organisationDigit(body: string): string {
  const sum = [...body].reduce(
    (total, digit, index) => total + Number.parseInt(digit, 36) * organisationWeights[index]!,
    0,
  )
  const check = 11 - (sum % 11)
  return check === 10 ? 'X' : String(check % 11)
}

/** The check digit (position 18) over the first seventeen, GB 32100: modulus 31. */
function lastDigit(body: string): string {
  const sum = [...body].reduce(
    (total, digit, index) => total + alphabet.indexOf(digit) * weights[index]!,
    0,
  )
  return alphabet[(31 - (sum % 31)) % 31]!
}

/** The code as written on a certificate: no blanks or hyphens, capital letters. */
export function normaliseCreditCode(text: string): string {
  return text.replaceAll(/[\s-]/g, '').toUpperCase()
}

/**
 * Checks both check digits. Position 18 is judged over the digits with position 17 put right,
 * so that one wrong digit is not reported twice.
 * @param text a normalised code
 */
export function checkCreditCode(text: string): CreditCodeCheck {
  const digits = [...text]
  const stranger = digits.findIndex((digit) => !alphabet.includes(digit))
  if (stranger >= 0) {
    return { ok: false, fault: 'character', position: stranger + 1, found: digits[stranger]! }
  }
  if (digits.length !== LENGTH) return { ok: false, fault: 'length', length: digits.length }
  const right = completeCreditCode(text.slice(0, ORGANISATION_CHECK))
  const [first, ...rest] = [ORGANISATION_CHECK, LENGTH - 1]
    .filter((index) => text[index] !== right[index])
    .map((index) => ({ position: index + 1, found: text[index]!, expected: right[index]! }))
  return first ? { ok: false, fault: 'check', wrong: [first, ...rest] } : { ok: true, code: text }
}

/**
 * Adds both check digits to the first sixteen.
 * @param body sixteen digits of the alphabet: registry, class, area (6), organisation code (8)
 * @throws RangeError when `body` is anything else
 */
export function completeCreditCode(body: string): string {
  if (body.length !== ORGANISATION_CHECK || [...body].some((digit) => !alphabet.includes(digit))) {
    throw new RangeError('the first sixteen digits of a credit code are needed')
  }
  const seventeen = body + organisationDigit(body.slice(ORGANISATION_START))
  return seventeen + lastDigit(seventeen)
}

/** Who registered the organisation and as what: the first two digits, and the area they name. */
export function readCreditCode(code: string): { registry: string; class: string; area: string } {
  return { registry: code[0]!, class: code[1]!, area: code.slice(2, 8) }
}
