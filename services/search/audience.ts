// Who may find an item: the keys that an item carries, and those that an actor holds.
import type { Actor, Role } from '#platform/context.ts'

export type Audience =
  | 'public'
  /** Who acts for this organisation or person. */
  | { subject: string }
  | { person: string }
  /** Who holds the role; with an area (GB/T 2260), for that area or one that contains it. */
  | { role: Role; area?: string }

const AREA = /^\d{6}$/

/** 440305 -> 440305, 440300, 440000: the area and those that contain it. */
function containing(area: string): string[] {
  if (!AREA.test(area)) throw new Error(`not an area code: ${area}`)
  return [...new Set([area, `${area.slice(0, 4)}00`, `${area.slice(0, 2)}0000`])]
}

/** The keys that an item carries. */
export function keysOfItem(audiences: readonly Audience[]): string[] {
  const keys = audiences.flatMap((audience): string[] => {
    if (audience === 'public') return ['public']
    if ('subject' in audience) return [`subject:${audience.subject}`]
    if ('person' in audience) return [`person:${audience.person}`]
    const { role, area } = audience
    return area ? containing(area).map((one) => `role:${role}:${one}`) : [`role:${role}`]
  })
  return [...new Set(keys)]
}

/**
 * The keys that an actor holds beside 'public'. A key without the scope 'search:read' finds public
 * things only, and a mandate does not open the principal's.
 */
export function keysOfActor(actor: Actor): string[] {
  if (actor.scopes && !actor.scopes.includes('search:read')) return []
  const keys: string[] = []
  if (actor.personId) keys.push(`person:${actor.personId}`)
  if (actor.mandateId !== null) return keys
  if (actor.subjectId) keys.push(`subject:${actor.subjectId}`)
  for (const { role, area } of actor.grants) {
    keys.push(`role:${role}`)
    if (area) keys.push(`role:${role}:${area}`)
  }
  return [...new Set(keys)]
}
