// The numbers of sign-in on a date, from law/parameters: platform.yaml and identity.yaml.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dateInChina, parseParameters, valueOn } from '#law/schema.ts'

const folder = join(import.meta.dirname, '../../law/parameters')
const parameters = ['platform.yaml', 'identity.yaml'].flatMap(
  (name) => parseParameters(readFileSync(join(folder, name), 'utf8'), name).parameters,
)

const milliseconds: Record<string, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  // The longest month: what must be kept for months is kept long enough.
  month: 31 * 86_400_000,
  count: 1,
}

/** A count, or a length of time in milliseconds. */
function number(id: string, now: Date): number {
  const parameter = parameters.find((one) => one.id === id)
  const value = parameter && valueOn(parameter, dateInChina(now))
  if (!value) throw new Error(`law/parameters has no ${id} on ${dateInChina(now)}`)
  return Number(value.value) * milliseconds[parameter.unit]!
}

const later = (now: Date, id: string): Date => new Date(now.getTime() + number(id, now))

export const idleMs = (now: Date): number => number('platform.session.idle', now)
export const sessionEnd = (now: Date): Date => later(now, 'platform.session.absolute')
export const lockMs = (now: Date): number => number('platform.sign-in.lock', now)
export const loginFailures = (now: Date): number => number('platform.sign-in.failures', now)
export const addressFailures = (now: Date): number =>
  number('platform.sign-in.address-failures', now)
export const shortestPassword = (now: Date): number => number('platform.password.length', now)
export const linkEnd = (now: Date): Date => later(now, 'platform.link.life')
export const invitationEnd = (now: Date): Date => later(now, 'platform.invitation.life')
export const latestKeyEnd = (now: Date): Date => later(now, 'platform.api-key.life')
export const latestMandateEnd = (now: Date): Date => later(now, 'platform.mandate.life')
export const logRetentionMs = (now: Date): number => number('platform.log.retention', now)
