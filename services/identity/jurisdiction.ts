// Areas by GB/T 2260: which exist in law/regions.yaml, and how far an office reaches.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRegions } from '#law/schema.ts'

const file = join(import.meta.dirname, '../../law/regions.yaml')
export const regions = parseRegions(readFileSync(file, 'utf8'), 'regions.yaml')

const names = new Map([
  [regions.province.code, regions.province.name],
  ...regions.cities.flatMap((city) => [
    [city.code, city.name] as const,
    ...city.counties.map((county) => [county.code, county.name] as const),
  ]),
])

/** Whether the province's list has the area. */
export function isArea(code: string): boolean {
  return names.has(code)
}

/**
 * Whether an office in `area` reaches `target`: a province (440000) all below it, a city (440300)
 * its counties, a county only itself. An office without an area reaches everywhere.
 */
export function reaches(area: string | null, target: string): boolean {
  if (area === null) return true
  return target.startsWith(area.replace(/(00){1,2}$/, ''))
}
