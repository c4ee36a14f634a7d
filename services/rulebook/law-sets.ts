// Rule sets and their golden cases as they stand in law/rules, and the calendar of working days.
import { readdirSync, readFileSync } from 'node:fs'
import type { CaseDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Given } from '#engines/rules/evaluation.ts'
import { Open } from '#engines/rules/types.ts'
import { parseCalendar, parseRuleCases, parseRuleSet } from '#law/schema.ts'

const folder = new URL('../../law/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')

export interface WrittenSet {
  definition: RuleSetDefinition
  cases: readonly CaseDefinition[]
}

let sets: readonly WrittenSet[] | null = null

/** Every set of the law, read once. @throws Error naming the document and the place, when one is wrong */
export function readSets(): readonly WrittenSet[] {
  sets ??= readAll()
  return sets
}

function readAll(): WrittenSet[] {
  const names = readdirSync(new URL('rules/', folder))
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml'))
    .sort()
  return names.map((name) => {
    const cases = name.replace('.yaml', '.cases.yaml')
    return {
      definition: parseRuleSet(read(`rules/${name}`), name),
      cases: parseRuleCases(read(`rules/${cases}`), cases).cases,
    }
  })
}

const DAY_MS = 86_400_000
const dayAfter = (date: string): string =>
  new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10)

/** Counts working days by the published years; beyond them it says so. */
export function readWorkdays(): Given['workdays'] {
  const years = new Map(
    readdirSync(new URL('calendars/', folder)).map((name) => {
      const calendar = parseCalendar(read(`calendars/${name}`), name)
      return [calendar.year, calendar] as const
    }),
  )
  const isWorkday = (date: string): boolean | null => {
    const calendar = years.get(Number(date.slice(0, 4)))
    if (!calendar) return null
    if (calendar.workdays.includes(date)) return true
    if (calendar.holidays.some(({ from, through }) => from <= date && date <= through)) return false
    return ![0, 6].includes(new Date(date).getUTCDay())
  }
  return (date, days) => {
    if (days < 0) return Open.fault('不能倒数工作日')
    let at = date
    for (let left = days; left > 0; ) {
      at = dayAfter(at)
      const works = isWorkday(at)
      if (works === null) return Open.fault(`没有 ${at.slice(0, 4)} 年的工作日历`)
      if (works) left--
    }
    return at
  }
}
