// How large a file may be and how much one owner may store: dated numbers of law/parameters.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dateInChina, parseParameters, valueOn } from '#law/schema.ts'

export interface Limits {
  /** Bytes of one file. */
  file: number
  /** Bytes of one owner in all. */
  owner: number
}

const path = join(import.meta.dirname, '../../law/parameters/platform.yaml')

/** Reads the parameters once; the result gives the limits in force at an instant. */
export function readLimits(): (at: Date) => Limits {
  const { parameters } = parseParameters(readFileSync(path, 'utf8'), path)
  const inForce = (id: string, at: Date): number => {
    const parameter = parameters.find((candidate) => candidate.id === id)
    const found = parameter && valueOn(parameter, dateInChina(at))
    if (!found) throw new Error(`no value of ${id} on ${dateInChina(at)}`)
    return Number(found.value)
  }
  return (at) => ({
    file: inForce('platform.upload.file', at),
    owner: inForce('platform.upload.owner', at),
  })
}

/** 104857600 -> '100 MiB'. */
export function sizeInWords(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${Number((bytes / 1024 ** step).toFixed(1))} ${units[step]}`
}
