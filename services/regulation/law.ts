// Reads the law's documents from the folder law/, once, and indexes what they name.
import { readdirSync, readFileSync } from 'node:fs'
import {
  type Authorities,
  type Chapter,
  type Duty,
  type Parameters,
  parseAuthorities,
  parseChapter,
  parseParameters,
  parseRegions,
  parseRegulation,
  type Regions,
  type Regulation,
} from '#law/schema.ts'
import type { Text } from '#platform/context.ts'

export interface Law {
  regulation: Regulation
  chapters: readonly Chapter[]
  authorities: Authorities
  regions: Regions
  parameters: readonly Parameters[]
}

const lawFolder = new URL('../../law/', import.meta.url)

/**
 * Reads every document of the law.
 * @throws Error naming the document and the place, when one is wrong
 */
export function readLaw(folder: URL = lawFolder): Law {
  const one = <T>(parse: (yaml: string, name: string) => T, name: string): T =>
    parse(readFileSync(new URL(name, folder), 'utf8'), `law/${name}`)
  const all = <T>(parse: (yaml: string, name: string) => T, name: string): T[] =>
    readdirSync(new URL(`${name}/`, folder))
      .sort()
      .map((file) => one(parse, `${name}/${file}`))
  return {
    regulation: one(parseRegulation, 'regulation.yaml'),
    chapters: all(parseChapter, 'articles'),
    authorities: one(parseAuthorities, 'authorities.yaml'),
    regions: one(parseRegions, 'regions.yaml'),
    parameters: all(parseParameters, 'parameters'),
  }
}

/** All duties, in the order of the text. */
export function dutiesOf({ chapters }: Pick<Law, 'chapters'>): Duty[] {
  return chapters
    .flatMap(({ articles }) => articles)
    .flatMap(({ paragraphs }) => paragraphs)
    .flatMap(({ duties }) => duties)
}

/** Article -> how many paragraphs it has. */
export function clausesOf({ chapters }: Pick<Law, 'chapters'>): ReadonlyMap<number, number> {
  const articles = chapters.flatMap((chapter) => chapter.articles)
  return new Map(articles.map(({ article, paragraphs }) => [article, paragraphs.length]))
}

/** The name of everything a duty may point to: authorities, actors, cities, regions, zones. */
export function namesOf({ authorities, regions }: Law): ReadonlyMap<string, Text> {
  return new Map<string, Text>([
    ...[...authorities.authorities, ...authorities.actors, ...regions.groups, ...regions.zones].map(
      ({ id, name }) => [id, name] as const,
    ),
    ...regions.cities.map(({ code, name }) => [code, name] as const),
  ])
}
