// ./kapok replay flood: small organisations' waits while one submits ten thousand jobs.
import { parseArgs } from 'node:util'
import { replayFlood } from '#engines/replay/flood.ts'

const CASES = [
  { name: 'fcfs', order: 'fcfs', most: 1 },
  { name: 'fair', order: 'fair', most: 1 },
  { name: 'fair, at most half to one', order: 'fair', most: 0.5 },
] as const

export function flood(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      organisations: { type: 'string', default: '2000' },
      jobs: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  })
  const size = {
    organisations: Number(values.organisations),
    jobs: Number(values.jobs),
    seed: Number(values.seed),
  }
  const results = CASES.map(({ name, order, most }) => {
    const { p95WithMs, p95WithoutMs, ratio } = replayFlood({ ...size, order, most })
    return {
      policy: name,
      p95WaitSecondsWith: p95WithMs / 1_000,
      p95WaitSecondsWithout: p95WithoutMs / 1_000,
      ratio: Math.round(ratio * 100) / 100,
    }
  })
  if (values.json) console.log(JSON.stringify({ ...size, floorSeconds: 60, results }))
  else console.table(results)
  return 0
}
