// What the parts of a rule set are in DMN: hit policies, types, sources, and texts beside the law's own.
import type { Citation, HitPolicy, Text, TypeDefinition } from './definitions.ts'
import { quoted, sizeOf } from './dmn-feel.ts'
import { extension, type Made, make } from './dmn-xml.ts'
import { typeOf } from './link.ts'
import type { Type } from './types.ts'

/** How DMN writes each hit policy, and what it adds up by. */
export const POLICIES: Readonly<Record<HitPolicy, readonly [string, string | null]>> = {
  U: ['UNIQUE', null],
  A: ['ANY', null],
  F: ['FIRST', null],
  P: ['PRIORITY', null],
  C: ['COLLECT', null],
  'C+': ['COLLECT', 'SUM'],
  'C#': ['COLLECT', 'COUNT'],
  'C<': ['COLLECT', 'MIN'],
  'C>': ['COLLECT', 'MAX'],
  R: ['RULE ORDER', null],
  O: ['OUTPUT ORDER', null],
}

const CERTAINTY: Readonly<Record<Citation['certainty'], string>> = {
  official: '已核对原文',
  secondary: '转引',
  memory: '凭记忆',
  example: '示例',
}

/** What a table comes to where no row applies, when the law does not say: DMN has null there. */
export const NOTHING: Partial<Record<HitPolicy, string>> = {
  'C+': '0',
  'C#': '0',
  C: '[]',
  R: '[]',
  O: '[]',
}

/** Whether a table comes to all that its rows give. */
export const isList = (hit: HitPolicy): boolean => hit === 'C' || hit === 'R' || hit === 'O'

export const bilingual = (name: string, { zh, en }: Text): Made => make(`kapok:${name}`, { zh, en })
export const citation = ({ source, certainty }: Citation): Made =>
  make('kapok:cite', { certainty }, source)
export const sources = (cites: readonly Citation[]): string =>
  cites.map(({ source, certainty }) => `${source}（${CERTAINTY[certainty]}）`).join('；')

export function typed(type: TypeDefinition): Made {
  const unit = type.kind === 'number' ? type.unit : null
  const values = type.kind === 'text' ? (type.values ?? []) : []
  return make(
    'kapok:type',
    { kind: type.kind, unit, any: type.kind === 'text' && !type.values ? 'true' : null },
    values.map((value) => make('kapok:value', {}, value)),
  )
}

/** The unit that numbers stand in, where it is not the one that the law writes. */
export function unitTold(definition: TypeDefinition): string {
  if (definition.kind !== 'number' || definition.unit === '') return ''
  if (definition.unit === '%') return '以小数填写：5% 写作 0.05。'
  const type = typeOf(definition) as Extract<Type, { kind: 'number' }>
  const base = Object.keys(type.unit.dimension).join('·')
  if (base === definition.unit) return `单位：${base}。`
  return `单位：${base}（1 ${definition.unit} = ${sizeOf(type).toFixed()} ${base}）。`
}

export const simpleRef = ({ kind }: TypeDefinition): string => (kind === 'text' ? 'string' : kind)
export const valuesOf = (type: Type | TypeDefinition): string | null =>
  type.kind === 'text' && type.values?.length ? type.values.map(quoted).join(', ') : null
export const tests = (name: string, text: string | null): Made | null =>
  text === null ? null : make(name, {}, [make('text', {}, text)])

/** A text as FEEL has it, with the law's own words where they differ. */
export function slot(name: string, feel: string, law: string, typeRef: string | null = null): Made {
  const same = law === feel && law === law.trim() && law !== ''
  const own = same ? null : make('kapok:text', { feel }, law)
  return make(name, { typeRef }, [extension(own), make('text', {}, feel)])
}
