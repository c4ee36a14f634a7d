// Reads the openb trace (Alibaba, CC BY 4.0): nodes with cards, and the pods that asked for them.
import type { Node } from '#engines/scheduling/types.ts'
import { cardsOf, MILLI } from '#engines/scheduling/types.ts'
import { TraceError } from './trace-error.ts'

export interface Pod {
  name: string
  cpuMilli: number
  memoryMib: number
  /** As for a gang's task: below 1000 a share, above whole cards. */
  milli: number
  /** Models that will do; null: any. */
  models: readonly string[] | null
}

export const CLUSTER = 'openb'

/** Rows of a CSV file without quotes, by column name. */
function rows(text: string, file: string, needed: readonly string[]): [number, string[]][] {
  const lines = text.split(/\r?\n/)
  const names = lines[0]!.split(',')
  const columns = needed.map((name) => names.indexOf(name))
  const missing = needed.find((_, nth) => columns[nth]! < 0)
  if (missing) throw new TraceError(file, 1, `no column ${missing}`, `缺少列 ${missing}`)
  return lines.slice(1).flatMap((line, nth): [number, string[]][] => {
    if (line === '') return []
    const cells = line.split(',')
    if (cells.length !== names.length) {
      throw new TraceError(
        file,
        nth + 2,
        `${cells.length} cells for ${names.length} columns`,
        `有 ${cells.length} 格，应为 ${names.length} 列`,
      )
    }
    return [[nth + 2, columns.map((column) => cells[column]!)]]
  })
}

function amount(cell: string, file: string, line: number, column: string): number {
  if (!/^\d+$/.test(cell))
    throw new TraceError(
      file,
      line,
      `${column} is no number: ${cell}`,
      `${column} 不是数字：${cell}`,
    )
  return Number(cell)
}

/** @throws TraceError with line and what is wrong */
export function parseNodes(text: string, file = 'nodes'): Node[] {
  const columns = ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model']
  const seen = new Set<string>()
  return rows(text, file, columns).map(([line, [id, cpu, memory, cards, model]]) => {
    if (seen.has(id!))
      throw new TraceError(file, line, `node ${id} appears twice`, `节点 ${id} 出现两次`)
    seen.add(id!)
    return {
      id: id!,
      clusterId: CLUSTER,
      flavorId: model!,
      state: 'ready' as const,
      cards: amount(cards!, file, line, 'gpu'),
      cpuMilli: amount(cpu!, file, line, 'cpu_milli'),
      memoryMib: amount(memory!, file, line, 'memory_mib'),
    }
  })
}

/** @throws TraceError with line and what is wrong */
export function parsePods(text: string, file = 'pods'): Pod[] {
  const columns = ['name', 'cpu_milli', 'memory_mib', 'num_gpu', 'gpu_milli', 'gpu_spec']
  const spec = text.slice(0, text.indexOf('\n')).includes('gpu_spec')
  return rows(text, file, spec ? columns : columns.slice(0, 5)).map(([line, cells]) => {
    const [name, cpu, memory, count, each, models] = cells
    const cards = amount(count!, file, line, 'num_gpu')
    const perCard = amount(each!, file, line, 'gpu_milli')
    if (cards > 1 && perCard !== MILLI) {
      throw new TraceError(file, line, 'a part of more than one card', '多张卡不能只占一部分')
    }
    if (perCard > MILLI)
      throw new TraceError(file, line, 'gpu_milli above 1000', 'gpu_milli 超过 1000')
    const milli = cards * perCard
    if (cardsOf(milli) !== cards)
      throw new TraceError(file, line, 'cards without a part of them', '有卡数却没有占用量')
    return {
      name: name!,
      cpuMilli: amount(cpu!, file, line, 'cpu_milli'),
      memoryMib: amount(memory!, file, line, 'memory_mib'),
      milli,
      models: models ? models.split('|') : null,
    }
  })
}
