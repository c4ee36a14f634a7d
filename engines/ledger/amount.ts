// Amounts: bigint in the smallest unit of an asset inside, decimal string outside; never a float.

/** The largest amount that the database can hold (int8). */
export const MOST = 9_223_372_036_854_775_807n

/** Why a text is not an amount. */
export type AmountRefusal = 'not-decimal' | 'negative' | 'too-precise' | 'too-large'

const DECIMAL = /^(0|[1-9]\d*)(?:\.(\d+))?$/

/**
 * Reads a decimal string, such as '12.5', as a number of smallest units (scale 4: 125000n).
 * Refused: signs, exponents, spaces, leading zeros, more decimals than the asset has.
 */
export function parseAmount(
  text: string,
  scale: number,
): { amount: bigint } | { refusal: AmountRefusal } {
  if (text.startsWith('-') && DECIMAL.test(text.slice(1))) return { refusal: 'negative' }
  const match = DECIMAL.exec(text)
  if (!match) return { refusal: 'not-decimal' }
  const [, whole, decimals = ''] = match
  if (decimals.length > scale) return { refusal: 'too-precise' }
  // Longer than any int8, and conversion of a very long text would take long.
  if (whole!.length > 19) return { refusal: 'too-large' }
  const amount = BigInt(whole! + decimals.padEnd(scale, '0'))
  return amount > MOST ? { refusal: 'too-large' } : { amount }
}

/** Writes smallest units as a decimal string; two decimals at least where the asset has them. */
export function formatAmount(amount: bigint, scale: number): string {
  const sign = amount < 0n ? '-' : ''
  const digits = (amount < 0n ? -amount : amount).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const decimals = digits.slice(digits.length - scale).replace(/0+$/, '')
  const shown = decimals.padEnd(Math.min(2, scale), '0')
  return shown === '' ? sign + whole : `${sign}${whole}.${shown}`
}
