// ./kapok replay queue: how long recorded jobs would have waited under each policy.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { follow } from '#engines/replay/course.ts'
import { Estimates } from '#engines/replay/estimates.ts'
import { figuresOf } from '#engines/replay/figures.ts'
import { logDay, policyOf, queuePolicies } from '#engines/replay/queue.ts'
import { parseSwf } from '#engines/replay/swf.ts'
import { oneOf, Refused } from './refused.ts'

const round = (value: number) => Math.round(value * 1_000) / 1_000

const HOUR_MS = 3_600_000
/** About so many jobs of those that wait are told a range when they come. */
const SAMPLED = 400
const SAMPLING = { seed: 1, runs: 10, arrivalsMs: 24 * HOUR_MS, horizonMs: 20 * 24 * HOUR_MS }

export function queue(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      swf: { type: 'string' },
      policy: { type: 'string', default: 'kapok' },
      jobs: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  if (!values.swf) throw new Refused('缺少 --swf 文件', '--swf FILE is missing')
  const policy = oneOf(values.policy, queuePolicies, 'policy')
  const most = values.jobs === undefined ? Number.POSITIVE_INFINITY : Number(values.jobs)
  if (!(most >= 1)) {
    throw new Refused(`--jobs 须为正数：${values.jobs}`, `--jobs takes a count: ${values.jobs}`)
  }
  const packed = readFileSync(values.swf)
  const text = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed
  const log = parseSwf(text.toString(), basename(values.swf))
  const kept = { ...log, jobs: log.jobs.slice(0, most) }
  const estimates = new Estimates(policyOf[policy], {
    ...SAMPLING,
    share: SAMPLED / kept.jobs.length,
  })
  const figures = figuresOf(follow(logDay(kept), policyOf[policy], estimates))
  const { sampled, medianRelativeError, coverage80 } = estimates.figures()
  const estimate = {
    medianRelativeError: medianRelativeError === null ? null : round(medianRelativeError),
    coverage80: coverage80 === null ? null : round(coverage80),
    sampled,
  }
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, round(value)]),
  )
  const assumptions = {
    estimates: 'limits as requested; as long as the run where the log has none or a shorter one',
    killAtLimit: false,
    scanDepth: policyOf[policy].depth,
    slowdownFloorSeconds: 10,
    processors: log.processors,
    estimate:
      'told when they came, to some that waited; 10 futures with the last 24 h coming again and ' +
      'run times as lately of the same user; widened by how the last 100 turned out; at most 20 days',
    leftOut: log.leftOut,
    placement: 'processors are counted, not placed',
    halfLifeHours:
      policyOf[policy].order === 'fair' ? policyOf[policy].halfLifeMs / 3_600_000 : null,
  }
  if (values.json) console.log(JSON.stringify({ policy, ...rounded, estimate, assumptions }))
  else console.table({ policy, ...rounded, ...estimate })
  return 0
}
