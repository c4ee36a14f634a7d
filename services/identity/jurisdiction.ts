// Areas by GB/T 2260: which exist in law/regions.yaml, and how far an office reaches.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRegions } from '#law/schema.ts'
import type { Text } from '#platform/context.ts'

const file = join(import.meta.dirname, '../../law/regions.yaml')
export const regions = parseRegions(readFileSync(file, 'utf8'), 'regions.yaml')

const names = new Map([
  [regions.province.code, regions.province.name],
  ...regions.cities.flatMap((city) => [
    [city.code, city.name] as const,
    ...city.counties.map((county) => [county.code, county.name] as const),
  ]),
])

/** The area of the whole province. */
export const province = regions.province.code

/** The city in which an area lies; null: the province itself, or no area of it. */
export function cityOf(area: string): string | null {
  const city = `${area.slice(0, 4)}00`
  return city !== province && names.has(area) && names.has(city) ? city : null
}

/** The codes of the province's cities. */
export const cities = (): string[] => regions.cities.map(({ code }) => code)

/** The name of an area, or its code where the list does not have it. */
export const areaName = (code: string): Text => names.get(code) ?? { zh: code, en: code }

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
