// Secrets at rest: envelope encryption with AES-256-GCM; the master key lies outside the database.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { tables } from './database.ts'

interface SecretTables {
  'platform.secret': {
    name: string
    master_key: string
    wrapped_key: Buffer
    box: Buffer
    updated_at: Date
  }
}

function seal(key: Buffer, text: Buffer, label: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label))
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
}

function open(key: Buffer, box: Buffer, label: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, 12))
    .setAAD(Buffer.from(label))
    .setAuthTag(box.subarray(-16))
  return Buffer.concat([decipher.update(box.subarray(12, -16)), decipher.final()])
}

/** Reads a key file of 32 random bytes, made on first use with mode 0600. */
export function keyFile(folder: string, name: string): Buffer {
  const path = join(folder, name)
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
  if (key.length !== 32) throw new Error(`key file ${path} is damaged`)
  return key
}

export interface Secrets {
  /** Seals a short text for storage in a service's own column; `label` binds it to its place. */
  seal(text: string, label: string): Buffer
  open(box: Buffer, label: string): string
  /** A named secret of the platform; null when it was never stored. */
  read(db: Kysely<unknown>, name: string): Promise<string | null>
  store(db: Kysely<unknown>, name: string, text: string, now: Date): Promise<void>
  /** A key for one purpose, derived from the master key. */
  derive(purpose: string): Buffer
}

const MASTER = 'master-1'

/** Opens the secrets of a data folder; the master key is made on first use. */
export function openSecrets(keysFolder: string): Secrets {
  const master = keyFile(keysFolder, `${MASTER}.key`)
  return {
    seal: (text, label) => {
      const key = randomBytes(32)
      return Buffer.concat([seal(master, key, label), seal(key, Buffer.from(text), label)])
    },
    open: (box, label) => {
      const key = open(master, box.subarray(0, 60), label)
      return open(key, box.subarray(60), label).toString()
    },
    derive: (purpose) => Buffer.from(hkdfSync('sha256', master, '', purpose, 32)),
    async read(db, name) {
      const row = await tables<SecretTables>(db)
        .selectFrom('platform.secret')
        .select(['wrapped_key', 'box'])
        .where('name', '=', name)
        .executeTakeFirst()
      if (!row) return null
      return open(open(master, row.wrapped_key, name), row.box, name).toString()
    },
    async store(db, name, text, now) {
      const key = randomBytes(32)
      const row = {
        name,
        master_key: MASTER,
        wrapped_key: seal(master, key, name),
        box: seal(key, Buffer.from(text), name),
        updated_at: now,
      }
      await tables<SecretTables>(db)
        .insertInto('platform.secret')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute()
    },
  }
}
