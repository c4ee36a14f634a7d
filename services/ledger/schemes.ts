// Voucher schemes as law/parameters has them: pool and validity, each on a date. Who may claim is in terms.ts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type DatedValue,
  dateInChina,
  type Parameter,
  parseParameters,
  valueOn,
} from '#law/schema.ts'
import type { Text } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'

const path = join(import.meta.dirname, '../../law/parameters/vouchers.yaml')

export interface Scheme {
  /** Such as 'guangdong.compute'. */
  id: string
  name: Text
  /** Whose scheme it is: GB/T 2260. */
  area: string
  /** What its vouchers may pay. */
  purposes: string[]
  pool: Parameter
  validity?: Parameter
}

export interface Schemes {
  list: readonly Scheme[]
  /** Shareholding from which parties are related, in basis points. @throws when none is in force */
  relatedFrom(on: string): number
}

const areas: Record<string, string> = { guangdong: '440000', shenzhen: '440300' }
const narrower: Record<string, string[]> = { 'shenzhen.compute': ['compute.training'] }

function schemeFrom(pool: Parameter, all: ReadonlyMap<string, Parameter>): Scheme {
  const [, place, kind] = pool.id.split('.') as [string, string, string]
  const id = `${place}.${kind}`
  const area = areas[place]
  if (!area) throw new Error(`${pool.id}: no area is known for ${place}`)
  const of = (what: string) => all.get(`voucher.${id}.${what}`)
  return {
    id,
    name: {
      zh: pool.title.zh.replace('年度总额', ''),
      en: pool.title.en.replace(/: pool of a year$/, ''),
    },
    area,
    purposes: narrower[id] ?? [kind],
    pool,
    validity: of('validity'),
  }
}

/** Reads the document once. */
export function readSchemes(): Schemes {
  const { parameters } = parseParameters(readFileSync(path, 'utf8'), path)
  const all = new Map(parameters.map((one) => [one.id, one]))
  const numberOn = (id: string, on: string): number | null => {
    const found = all.get(id)
    const value = found && valueOn(found, on)
    return value ? Number(value.value) : null
  }
  return {
    list: parameters.filter(({ id }) => id.endsWith('.pool')).map((pool) => schemeFrom(pool, all)),
    relatedFrom(on) {
      const line = numberOn('voucher.guangdong.related-party.shareholding', on)
      if (line === null) throw new Error(`no related-party threshold on ${on}`)
      return line
    },
  }
}

/** @throws ledger.scheme-unknown */
export function schemeOf(schemes: Schemes, id: string): Scheme {
  const scheme = schemes.list.find((one) => one.id === id)
  if (!scheme) throw problem('ledger.scheme-unknown')
  return scheme
}

/** The asset of a scheme's vouchers of one year. */
export function assetOfYear(scheme: string, year: number): string {
  return `voucher:${scheme}:${year}`
}

/** 'voucher:guangdong.compute:2026' -> 'guangdong.compute' */
export function schemeIdOf(asset: string): string {
  return asset.split(':')[1]!
}

/** Yuan of the law (whole) in the ledger's 1/10,000 yuan. */
export function yuan({ value }: DatedValue): bigint {
  return BigInt(value) * 10_000n
}

const DAY_MS = 86_400_000
const startOfDay = (date: string) => new Date(`${date}T00:00:00+08:00`)

/**
 * The first moment at which a voucher claimed now is no longer good.
 * @throws ledger.scheme-not-in-force when the law says on that day neither how long it lasts nor when its pool ends
 */
export function validUntil({ validity, pool }: Scheme, at: Date): Date {
  const today = dateInChina(at)
  const found = validity && valueOn(validity, today)
  // Without a validity of its own, a voucher lasts as long as its scheme.
  const ends = found ? null : valueOn(pool, today)?.to
  if (ends) return startOfDay(ends)
  if (!found) throw problem('ledger.scheme-not-in-force')
  // The day after the claim is the first of the days counted (次日起算).
  return new Date(startOfDay(today).getTime() + (Number(found.value) + 1) * DAY_MS)
}
