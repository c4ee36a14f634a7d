// Real accelerators, found by asking their drivers' own tools; none is the normal case.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Card } from '#services/compute/ports.ts'

const execute = promisify(execFile)
const PATIENCE_MS = 10_000

/** What a tool prints, or '' where it is absent or fails. */
async function say(tool: string, ...args: string[]): Promise<string> {
  return execute(tool, args, { timeout: PATIENCE_MS, killSignal: 'SIGKILL' }).then(
    ({ stdout }) => stdout,
    () => '',
  )
}

/** Lines such as '0, GPU-5e..., NVIDIA H200, 143771'. */
export function parseNvidia(text: string): Card[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 4 && /^\d+$/.test(fields[0]!))
    .map(([index, uuid, model, memory]) => ({
      index: Number(index),
      vendor: 'nvidia',
      model: model!,
      uuid: uuid!,
      memoryMib: Number(memory) || 0,
    }))
}

/**
 * The table of `npu-smi info -m`: NPU ID, chip ID, logic ID, name of the chip. Only lines with a
 * logic ID are processors that take work; the table names no memory, which is asked for apart.
 */
export function parseAscend(text: string): { npu: number; chip: number; card: Card }[] {
  return text.split('\n').flatMap((line) => {
    const [, npu, chip, logic, model] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S.*?)\s*$/.exec(line) ?? []
    if (!model) return []
    const uuid = `ascend-${npu}-${chip}`
    const card = { index: Number(logic), vendor: 'ascend' as const, model, uuid, memoryMib: 0 }
    return [{ npu: Number(npu), chip: Number(chip), card }]
  })
}

async function ascendCards(): Promise<Card[]> {
  const found = parseAscend(await say('npu-smi', 'info', '-m'))
  return Promise.all(
    found.map(async ({ npu, chip, card }) => {
      const about = ['info', '-t', 'memory', '-i', String(npu), '-c', String(chip)]
      const capacity = /(?:HBM|DDR) Capacity\(MB\)\s*:\s*(\d+)/.exec(await say('npu-smi', ...about))
      return { ...card, memoryMib: Number(capacity?.[1] ?? 0) }
    }),
  )
}

export async function findCards(): Promise<Card[]> {
  const query = ['--query-gpu=index,uuid,name,memory.total', '--format=csv,noheader,nounits']
  const [nvidia, ascend] = await Promise.all([say('nvidia-smi', ...query), ascendCards()])
  return [...parseNvidia(nvidia), ...ascend]
}
