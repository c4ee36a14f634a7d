// Real accelerators, found by asking their drivers' own tools; none is the normal case.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** How a task reaches its cards: devices below /dev, and the variables that name them. */
export interface CardAccess {
  devices: string[]
  variables: Record<string, string>
}

/** The number of an NVIDIA card's device, which need not be its index. */
function minorOf(card: Card): number {
  const about = '/proc/driver/nvidia/gpus'
  for (const bus of existsSync(about) ? readdirSync(about) : []) {
    const text = readFileSync(join(about, bus, 'information'), 'utf8')
    const minor = /^Device Minor:\s*(\d+)/m.exec(text)?.[1]
    if (minor !== undefined && text.includes(card.uuid)) return Number(minor)
  }
  return card.index
}

/** Both variables are always set: a task without cards is to see none. */
export function accessTo(cards: readonly Card[]): CardAccess {
  const [nvidia, ascend] = (['nvidia', 'ascend'] as const).map((vendor) =>
    cards.filter((card) => card.vendor === vendor),
  ) as [Card[], Card[]]
  const devices = [
    ...nvidia.map((card) => `nvidia${minorOf(card)}`),
    ...(nvidia.length > 0 ? ['nvidiactl', 'nvidia-uvm', 'nvidia-uvm-tools'] : []),
    ...ascend.map(({ index }) => `davinci${index}`),
    ...(ascend.length > 0 ? ['davinci_manager', 'devmm_svm', 'hisi_hdc'] : []),
  ]
  return {
    devices: devices.filter((name) => existsSync(join('/dev', name))),
    variables: {
      // By name: where only its own devices are there, the driver counts them anew.
      CUDA_VISIBLE_DEVICES: nvidia.map(({ uuid }) => uuid).join(','),
      ASCEND_RT_VISIBLE_DEVICES: ascend.map((_card, nth) => nth).join(','),
    },
  }
}
