// ./kapok replay sites: a day over three sites, with more and less known of prices, data and latency.
import { parseArgs } from 'node:util'
import { replaySites, siteChoices } from '#engines/replay/sites-day.ts'
import { Refused } from './refused.ts'

const MOST = 20_000

export function sites(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      jobs: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  })
  const [jobs, seed] = [Number(values.jobs), Number(values.seed)]
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST) {
    throw new Refused(
      `--jobs 须为 1 至 ${MOST} 的整数：${values.jobs}`,
      `--jobs takes a whole number from 1 to ${MOST}: ${values.jobs}`,
    )
  }
  if (!Number.isSafeInteger(seed)) {
    throw new Refused(`--seed 须为整数：${values.seed}`, `--seed takes a number: ${values.seed}`)
  }
  const results = siteChoices.map((told) => {
    const figures = Object.entries(replaySites(jobs, seed, told))
    return {
      told,
      ...Object.fromEntries(figures.map(([name, value]) => [name, Math.round(value * 10) / 10])),
    }
  })
  const assumptions = {
    sites: 'three, of 192, 96 and 48 cards; prices, distances, sizes are examples and not official',
    told: 'blind: nothing; price: hourly prices; all: and where data lie, and how far users are',
    options: 'priced as if started at submission; a site that is too far is refused',
    waiting: 'an hour of waiting counts as five yuan',
  }
  if (values.json) console.log(JSON.stringify({ seed, results, assumptions }))
  else console.table(results)
  return 0
}
