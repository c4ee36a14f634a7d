// ./kapok verify FILE: verifies a downloaded proof offline, without any database.
import { createPublicKey } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { fromHex } from '#engines/evidence/bytes.ts'
import { verifyProof } from '#engines/evidence/verify.ts'
import {
  conclusionInWords,
  limitsOfProof,
  stepInWords,
  type Text,
} from '#engines/evidence/words.ts'
import { nodeCrypto, rawPublicKey } from '#platform/seal-key.ts'

export const summary = { zh: '离线核验证明文件', en: 'Verify a proof file, offline' }
export const usage = 'verify FILE [--key FILE]'

const LARGEST_FILE_BYTES = 4_000_000

/** A refusal that is printed as one sentence in each language. */
class Refusal extends Error {
  readonly text: Text
  constructor(zh: string, en: string) {
    super(en)
    this.text = { zh, en }
  }
}

function read(path: string): string {
  try {
    const { size } = statSync(path)
    if (size > LARGEST_FILE_BYTES) {
      throw new Refusal(
        `${path} 过大（${size} 字节），不是证明文件。`,
        `${path} is too large (${size} bytes) to be a proof.`,
      )
    }
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Refusal) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new Refusal(`无法读取 ${path}（${code}）。`, `Cannot read ${path} (${code}).`)
  }
}

/** A published key: 64 hex digits, or PEM. */
function readKey(path: string): Uint8Array {
  const text = read(path).trim()
  try {
    return /^[0-9a-f]{64}$/.test(text) ? fromHex(text) : rawPublicKey(createPublicKey(text))
  } catch {
    throw new Refusal(
      `${path} 不是 Ed25519 公钥；应为 64 位十六进制数或 PEM。`,
      `${path} is no Ed25519 public key; it should be 64 hex digits or PEM.`,
    )
  }
}

function readArguments(args: string[]): { file: string; key: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { key: { type: 'string' } },
      allowPositionals: true,
    })
    const [file, ...more] = positionals
    if (file !== undefined && more.length === 0) return { file, key: values.key }
  } catch {
    // An unknown flag: the usage says what there is.
  }
  throw new Refusal(`用法：./kapok ${usage}`, `Usage: ./kapok ${usage}`)
}

const marks = { passed: '✓', failed: '✗', warning: '!' } as const

function print(mark: string, { zh, en }: Text): void {
  console.log(`${mark} ${zh}\n  ${en}`)
}

/** Prints each step in words; 0 when the proof is genuine, 1 otherwise. */
export async function run(args: string[]): Promise<number> {
  try {
    const { file, key } = readArguments(args)
    const trustedKey = key === undefined ? undefined : readKey(key)
    const verdict = await verifyProof(read(file), nodeCrypto, trustedKey)
    for (const step of verdict.steps) print(marks[step.outcome], stepInWords(step))
    print(verdict.genuine ? '=' : '✗', conclusionInWords(verdict))
    print(' ', limitsOfProof)
    return verdict.genuine ? 0 : 1
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(`${error.text.zh}\n${error.text.en}`)
    return 1
  }
}
