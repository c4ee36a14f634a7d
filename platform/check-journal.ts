// Recomputes the whole journal: numbering, leaves, tiles, roots, the chain of seals, signatures.
import { type Kysely, sql } from 'kysely'
import { equalBytes, toHex } from '#engines/evidence/bytes.ts'
import { keyIdOf, sealHash, statementOf } from '#engines/evidence/seal.ts'
import {
  type Edge,
  EMPTY_EDGE,
  extend,
  hashAt,
  rangeHash,
  TILE_WIDTH,
  type Tile,
} from '#engines/evidence/tiles.ts'
import { HASH_BYTES } from '#engines/evidence/tree.ts'
import { signatureFits } from '#engines/evidence/verify.ts'
import type { Text } from './context.ts'
import type { Finding } from './finding.ts'
import { nodeCrypto, sm3 } from './seal-key.ts'
import {
  leafOf,
  numberedUpTo,
  readerOf,
  readSalted,
  readSealsFrom,
  readTiles,
  type SaltedEntry,
  type SealRow,
  sealFrom,
} from './seal-store.ts'

const PAGE = 16 * TILE_WIDTH
/** More findings than this of one kind are counted, not listed. */
const MOST_LISTED = 20

const texts = {
  'journal.gap': {
    zh: '编号不连续，或编号所指的记录不存在',
    en: 'positions are not dense, or an entry is missing',
  },
  'journal.copy': {
    zh: '编号表中的摘录与记录不符',
    en: 'what the sequence repeats of the entry differs from it',
  },
  'journal.skipped': {
    zh: '记录未被编号，且已无法按提交顺序编号',
    en: 'an entry was never numbered and its turn has passed',
  },
  'journal.leaf': {
    zh: '记录与封存时的内容不符',
    en: 'the entry is not what was sealed',
  },
  'journal.tile': {
    zh: '摘要树的数据块被改动或缺失',
    en: 'a tile of the tree is changed or missing',
  },
  'journal.root': { zh: '封存的根与记录不符', en: 'the sealed root does not fit the entries' },
  'journal.chain': {
    zh: '封存声明之间的衔接断开',
    en: 'the seal does not name the one before it',
  },
  'journal.signature': {
    zh: '封存声明的签名无效，或公钥与其编号不符',
    en: 'the signature of the seal is not valid, or its key is not the one it names',
  },
  'journal.beyond': {
    zh: '封存范围超出已编号的记录',
    en: 'the seal covers more entries than are numbered',
  },
} as const satisfies Record<string, Text>

/** Collects findings, a bounded list of each kind. */
class Findings {
  readonly #counts = new Map<keyof typeof texts, number>()
  readonly #list: Finding[] = []

  add(code: keyof typeof texts, place: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1
    this.#counts.set(code, count)
    if (count <= MOST_LISTED) this.#list.push({ code, severity: 'error', place, text: texts[code] })
  }

  all(): Finding[] {
    const more = [...this.#counts].filter(([, count]) => count > MOST_LISTED)
    return [
      ...this.#list,
      ...more.map(
        ([code, count]): Finding => ({
          code,
          severity: 'error',
          place: '…',
          text: {
            zh: `${texts[code].zh}：共 ${count} 处`,
            en: `${texts[code].en}: ${count} places in all`,
          },
        }),
      ),
    ]
  }
}

/** Gaps, dangling numbers, entries passed over, and copies in the sequence that differ. */
async function checkNumbering(db: Kysely<unknown>, findings: Findings): Promise<void> {
  const gaps = await sql<{ position: bigint }>`
    select position from (
      select position, position - row_number() over (order by position) as off
      from journal.sequence) s
    where off <> 0 order by position limit 1`.execute(db)
  for (const row of gaps.rows) findings.add('journal.gap', `position ${row.position}`)
  const end = await sql<{ last: bigint }>`
    select coalesce(max(position), 0) as last from journal.sequence`.execute(db)
  const numbered = await numberedUpTo(db)
  if (Number(end.rows[0]!.last) !== numbered) findings.add('journal.gap', `cursor ${numbered}`)
  const copies = await sql<{ position: bigint; missing: boolean }>`
    select s.position, e.id is null as missing
    from journal.sequence s left join journal.entry e on e.id = s.entry_id
    where e.id is null or s.kind <> e.kind or s.subject is distinct from e.subject
      or s.known_at <> e.known_at or s.person is distinct from (e.actor ->> 'person')::uuid
    order by s.position limit ${MOST_LISTED + 1}`.execute(db)
  for (const { position, missing } of copies.rows) {
    findings.add(missing ? 'journal.gap' : 'journal.copy', `position ${position}`)
  }
  const skipped = await sql<{ id: bigint }>`
    select e.id from journal.entry e, journal.cursor c
    where (e.xid, e.id) <= (c.xid, c.id)
      and not exists (select 1 from journal.sequence s where s.entry_id = e.id)
    order by e.id limit ${MOST_LISTED + 1}`.execute(db)
  for (const { id } of skipped.rows) findings.add('journal.skipped', `entry ${id}`)
}

/** Checks what a seal says of itself: the one before it, and its signature. Returns its hash. */
async function checkSeal(row: SealRow, previous: string | null, findings: Findings) {
  const place = `seal ${row.size}`
  const seal = sealFrom(row)
  if (seal.previous !== previous) findings.add('journal.chain', place)
  const statement = statementOf(seal)
  const ownKey = keyIdOf(sm3, row.public_key) === row.key_id
  if (!ownKey || !(await signatureFits(nodeCrypto, statement, row.signature, row.public_key))) {
    findings.add('journal.signature', place)
  }
  return sealHash(sm3, statement)
}

/** The leaves stored for positions after `size`, up to `end`; undefined where a tile lacks one. */
async function storedLeaves(
  db: Kysely<unknown>,
  size: number,
  end: number,
): Promise<(Uint8Array | undefined)[]> {
  const first = Math.floor(size / TILE_WIDTH)
  const count = Math.ceil(end / TILE_WIDTH) - first
  const ids = Array.from({ length: count }, (_, i) => ({ level: 0, index: first + i }))
  const tiles = new Map((await readTiles(db, ids)).map((tile) => [tile.index, tile.hashes]))
  return Array.from({ length: end - size }, (_, i) => {
    const hashes = tiles.get(Math.floor((size + i) / TILE_WIDTH))
    const place = (size + i) % TILE_WIDTH
    return hashes && (place + 1) * HASH_BYTES <= hashes.length ? hashAt(hashes, place) : undefined
  })
}

/** Compares recomputed tiles with the stored ones. */
async function checkTiles(db: Kysely<unknown>, made: readonly Tile[], findings: Findings) {
  if (made.length === 0) return
  const stored = await readTiles(db, made)
  for (const { level, index, hashes } of made) {
    const found = stored.find((tile) => tile.level === level && tile.index === index)
    if (!found || !equalBytes(found.hashes, hashes)) {
      findings.add('journal.tile', `tile ${level}/${index}`)
    }
  }
}

/** The leaf of an entry; none where there is no entry, or it has no canonical form any more. */
function ownLeaf(found: SaltedEntry | undefined): Uint8Array | undefined {
  try {
    return found && leafOf(found)
  } catch {
    return undefined
  }
}

/**
 * Adds the entries up to `end` to the recomputed tree. Where an entry differs from its stored leaf
 * that is told at its position, and the stored leaf is used, so that one change is found once.
 */
async function growTo(db: Kysely<unknown>, start: Edge, end: number, findings: Findings) {
  let edge = start
  while (edge.size < end) {
    const from = edge.size
    const to = Math.min(end, from + PAGE)
    const entries = await readSalted(db, from, to, PAGE)
    const byPosition = new Map(entries.map((each) => [each.entry.position, each]))
    const stored = await storedLeaves(db, from, to)
    const leaves = stored.map((leaf, i) => {
      const own = ownLeaf(byPosition.get(from + i + 1))
      if (!own || !leaf || !equalBytes(own, leaf)) {
        findings.add('journal.leaf', `position ${from + i + 1}`)
      }
      return leaf ?? own ?? new Uint8Array(HASH_BYTES)
    })
    const step = extend(sm3, edge, leaves)
    const full = step.changed.filter((tile) => tile.hashes.length === TILE_WIDTH * HASH_BYTES)
    await checkTiles(db, full, findings)
    edge = step.edge
  }
  return edge
}

/**
 * Checks the journal. Pass a transaction with one snapshot (`world.read`), so that it can run while
 * the system works. Reads everything once: about 20 s for a million entries.
 */
export async function checkJournal(db: Kysely<unknown>): Promise<Finding[]> {
  const findings = new Findings()
  await checkNumbering(db, findings)
  const numbered = await numberedUpTo(db)
  let previous: string | null = null
  let edge: Edge = EMPTY_EDGE
  for await (const row of readSealsFrom(db)) {
    previous = await checkSeal(row, previous, findings)
    const size = Number(row.size)
    if (size > numbered) {
      findings.add('journal.beyond', `seal ${size}`)
      return findings.all()
    }
    edge = await growTo(db, edge, size, findings)
    const root = rangeHash(sm3, readerOf(edge.tiles), { start: 0, end: size })
    if (toHex(root) !== toHex(row.root)) findings.add('journal.root', `seal ${size}`)
  }
  await checkTiles(db, edge.tiles, findings)
  return findings.all()
}
