// Ids made from names, for things that every installation knows: departments and the demo world.
import { createHash } from 'node:crypto'

/** A UUID (version 8) that is always the same for the same name. */
export function stableId(name: string): string {
  const bytes = createHash('sha256').update(`kapok:${name}`).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return [...parts, hex.slice(20)].join('-')
}

/** The id of a thing in the demo world by its name in law/demo, such as `liyu`. */
export const demoId = (name: string): string => stableId(`demo:${name}`)

/** The id of a department: an authority of law/authorities.yaml in an area. */
export const departmentId = (authority: string, area: string): string =>
  stableId(`department:${authority}:${area}`)
