// The citizen identification number (GB 11643-1999): its date of birth and its check digit.

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const remainders = '10X98765432'

/** The check digit over the first seventeen digits: ISO 7064, MOD 11-2. */
export function residentCheckDigit(body: string): string {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(body[index]), 0)
  return remainders[sum % 11]!
}

function isDate(text: string): boolean {
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)].map(Number)
  const date = new Date(Date.UTC(year!, month! - 1, day!))
  return date.getUTCFullYear() === year && date.getUTCMonth() === month! - 1
}

/** Whether the number is well formed: eighteen places, a date of birth that exists, check digit. */
export function isResidentNumber(text: string): boolean {
  return (
    /^[1-9]\d{16}[\dX]$/.test(text) &&
    isDate(text.slice(6, 14)) &&
    residentCheckDigit(text.slice(0, 17)) === text[17]
  )
}
