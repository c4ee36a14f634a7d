// Compute's dated numbers, as law/parameters/compute.yaml has them on a day.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DatedValue, dateInChina, parseParameters, valueOn } from '#law/schema.ts'

const path = join(import.meta.dirname, '../../law/parameters/compute.yaml')
const { parameters } = parseParameters(readFileSync(path, 'utf8'), path)

type Name =
  | 'quote.life'
  | 'task.grace'
  | 'task.disk'
  | 'task.log'
  | 'material.bytes'
  | 'material.entries'
  | 'output.retention'
  | 'fair-share.half-life'
  | 'open-day.organisations'
  | 'warning'
  | 'invoice.tax'

/** A dated value with its source. @throws when none is in force: the document is wrong */
export function dated(name: Name, at: Date): DatedValue {
  const found = parameters.find(({ id }) => id === `compute.${name}`)
  const value = found && valueOn(found, dateInChina(at))
  if (!value) throw new Error(`no value of compute.${name} on ${dateInChina(at)}`)
  return value
}

/** The number in force at an instant, in the unit that the document names. */
export const numberOn = (name: Name, at: Date): number => Number(dated(name, at).value)

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000
