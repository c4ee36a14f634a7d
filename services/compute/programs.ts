// Ready-made programs: the folders of examples/ that describe themselves in kapok.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { purposes } from './contract.ts'
import type { Program } from './shapes.ts'

/** Where they lie; the executor takes them from here too. */
export const examplesFolder = join(import.meta.dirname, '../../examples')

const text = z.strictObject({ zh: z.string(), en: z.string() })
const bundled = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  name: text,
  summary: text,
  purpose: z.enum(purposes),
  command: z.array(z.string()).min(1),
  resources: z.strictObject({
    milli: z.int().min(10),
    cpuMilli: z.int().min(100),
    memoryMib: z.int().min(64),
    expectedSeconds: z.int().min(1),
    limitSeconds: z.int().min(1),
  }),
  inputs: z.array(z.strictObject({ name: z.string(), about: text, required: z.boolean() })),
  outputs: z.array(z.strictObject({ path: z.string(), about: text })),
  source: z.strictObject({ title: z.string(), licence: z.string() }).nullable(),
})
export type BundledProgram = z.output<typeof bundled>

/** Reads them once. @throws when a description is wrong: it ships with the program */
export function readPrograms(folder = examplesFolder): ReadonlyMap<string, BundledProgram> {
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'kapok.json')))
    .map(({ name }) => {
      const program = bundled.parse(
        JSON.parse(readFileSync(join(folder, name, 'kapok.json'), 'utf8')),
      )
      if (program.id !== name) throw new Error(`examples/${name}: its id is ${program.id}`)
      return program
    })
  return new Map(found.map((program) => [program.id, program]))
}

export const programView = ({ outputs: _, ...program }: BundledProgram): Program => program
