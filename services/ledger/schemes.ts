// Voucher schemes as law/parameters has them: pool, ratios, cap and validity, each on a date.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SchemeScope } from '#engines/ledger/eligibility.ts'
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
  ratios: { general?: Parameter; startup?: Parameter }
  cap?: Parameter
  validity?: Parameter
}

export interface Schemes {
  list: readonly Scheme[]
  /** Shareholding from which parties are related, in basis points. @throws when none is in force */
  relatedFrom(on: string): number
  /** Age up to which a firm is a start-up, in months. */
  startupMonths(on: string): number | null
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
    ratios: { general: of('ratio.general'), startup: of('ratio.startup') },
    cap: of('cap'),
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
    startupMonths: (on) => numberOn('voucher.guangdong.startup-age', on),
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

export interface ClaimRule {
  cap: bigint
  ratios: { general: number; startup: number | null }
  /** First moment at which a voucher claimed now is no longer good. */
  validUntil: Date
  scope: SchemeScope
}

const DAY_MS = 86_400_000
const startOfDay = (date: string) => new Date(`${date}T00:00:00+08:00`)

/**
 * What a claim at this moment is made under.
 * @throws ledger.scheme-not-in-force when the law names no ratio or no cap on that day
 */
export function claimRule(schemes: Schemes, scheme: Scheme, at: Date): ClaimRule {
  const today = dateInChina(at)
  const on = (parameter?: Parameter) => (parameter ? valueOn(parameter, today) : null)
  const [general, startup, cap, validity] = [
    on(scheme.ratios.general),
    on(scheme.ratios.startup),
    on(scheme.cap),
    on(scheme.validity),
  ]
  // Without a validity of its own, a voucher lasts as long as its rule.
  const ends = validity ? null : general?.to
  if (!general || !cap || (!validity && !ends)) throw problem('ledger.scheme-not-in-force')
  const days = Number(validity?.value ?? 0)
  return {
    cap: yuan(cap),
    ratios: { general: Number(general.value), startup: startup ? Number(startup.value) : null },
    // The day after the claim is the first of the days counted (次日起算).
    validUntil: ends
      ? startOfDay(ends)
      : new Date(startOfDay(today).getTime() + (days + 1) * DAY_MS),
    scope: {
      // 条例第七条第三款 names small firms, universities and institutes; Shenzhen's rule names firms.
      everySize: scheme.area !== '440000',
      startupMonths: startup ? schemes.startupMonths(today) : null,
    },
  }
}
