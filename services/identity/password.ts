// Passwords: which may be set, how they are stored, and a check that always takes its time.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { problem } from '#platform/errors.ts'

const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 }
const SALT_BYTES = 16
const HASH_BYTES = 32
const FEWEST_CHARACTERS = 5
const LONGEST_RUN = 6

/** Words that guessing begins with; with digits and signs around them they are no better. */
const guessed = new Set(
  `password passwd passw qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm letmein welcome admin
  administrator root guest test user login abc abcd abcdef iloveyou monkey dragon sunshine princess
  football baseball superman batman trustno master shadow michael jordan secret changeme default
  woaini woaiwojia woaizhongguo nihao mima qazwsx qweasd qweasdzxc aini zhongguo beijing shanghai
  guangdong guangzhou shenzhen kapok mumian huawei tencent alibaba company server computer internet`
    .split(/\s+/)
    .filter(Boolean),
)
const rows = ['abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', '01234567890']

const lookalikes: Record<string, string> = {
  '@': 'a',
  '0': 'o',
  $: 's',
  '3': 'e',
  '!': 'i',
  '1': 'l',
}
const plain = (text: string): string => text.replaceAll(/[@0$3!1]/g, (sign) => lookalikes[sign]!)
const letters = (text: string): string => text.replaceAll(/[^a-z]/g, '')

/** The longest stretch that follows a row of the keyboard or the alphabet, either way. */
function longestRun(text: string): number {
  let longest = 1
  let [up, down] = [1, 1]
  for (let at = 1; at < text.length; at++) {
    const pair = text.slice(at - 1, at + 1)
    const back = pair[1]! + pair[0]!
    up = rows.some((row) => row.includes(pair)) ? up + 1 : 1
    down = rows.some((row) => row.includes(back)) ? down + 1 : 1
    longest = Math.max(longest, up, down)
  }
  return longest
}

/**
 * Refuses a password that would be guessed.
 * @param known the person's own words (login, name) that it must not be built on
 * @throws identity.password-short, identity.password-guessable
 */
export function requireGoodPassword(password: string, shortest: number, known: string[]): void {
  const text = password.normalize('NFKC').toLowerCase()
  if ([...text].length < shortest) throw problem('identity.password-short', { length: shortest })
  // Digits and signs at the end are decoration, not letters in disguise.
  const bare = text.replace(/[^a-z]+$/, '')
  const words = [letters(text), letters(plain(text)), letters(plain(bare))]
  const own = known.map((word) => word.toLowerCase()).filter((word) => word.length >= 3)
  if (
    new Set(text).size < FEWEST_CHARACTERS ||
    longestRun(text) > LONGEST_RUN ||
    words.some((word) => guessed.has(word)) ||
    own.some((word) => text.includes(word) || plain(text).includes(word))
  ) {
    throw problem('identity.password-guessable')
  }
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** What is stored: `scrypt$<salt>$<hash>`. Takes about a fifth of a second, off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt)
  return `scrypt$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

const nobody = `scrypt$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** Whether the password is the stored one. With none stored it works as long and says no. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, salt, hash] = (stored ?? nobody).split('$')
  const found = await derive(password, Buffer.from(salt!, 'base64url'))
  return timingSafeEqual(found, Buffer.from(hash!, 'base64url')) && stored !== null
}
