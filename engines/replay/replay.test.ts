// Replays on small traces whose outcome is known by hand, and what happens to broken files.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Cycle } from '#engines/scheduling/cycle.ts'
import { State } from '#engines/scheduling/state.ts'
import { policies } from './baselines.ts'
import { follow } from './course.ts'
import { Estimates } from './estimates.ts'
import { figuresOf } from './figures.ts'
import { replayFlood } from './flood.ts'
import { parseNodes, parsePods } from './openb.ts'
import { arrivals, replayPlacement } from './placement.ts'
import { logDay, policyOf, type queuePolicies } from './queue.ts'
import { replaySites, siteChoices } from './sites-day.ts'
import { parseSwf } from './swf.ts'
import { TraceError } from './trace-error.ts'

const NODES = `sn,cpu_milli,memory_mib,gpu,model
n1,64000,262144,2,P100
n2,64000,262144,2,T4
`
const HEAD = 'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec'
const podLines = (...lines: string[]) => [HEAD, ...lines, ''].join('\n')

/** Where a broken file is said to be broken. */
function fault(parse: () => unknown): [number, string] {
  try {
    parse()
  } catch (error) {
    assert.ok(error instanceof TraceError)
    return [error.line, error.what]
  }
  return assert.fail('nothing was refused')
}

test('openb files: what is read, and the line that is wrong', () => {
  assert.deepEqual(
    parseNodes(NODES).map((node) => [node.id, node.cards, node.flavorId]),
    [
      ['n1', 2, 'P100'],
      ['n2', 2, 'T4'],
    ],
  )
  const pods = parsePods(podLines('a,1000,1,1,470,', 'b,1000,1,2,1000,P100|T4', 'c,500,1,0,0,'))
  assert.deepEqual(
    pods.map((pod) => [pod.milli, pod.models]),
    [
      [470, null],
      [2000, ['P100', 'T4']],
      [0, null],
    ],
  )
  assert.deepEqual(
    fault(() => parseNodes(`${NODES}n1,1,1,1,T4\n`)),
    [4, 'node n1 appears twice'],
  )
  assert.deepEqual(
    fault(() => parseNodes(`${NODES}n3,1,1\n`)),
    [4, '3 cells for 5 columns'],
  )
  assert.deepEqual(
    fault(() => parseNodes('sn,cpu_milli\n')),
    [1, 'no column memory_mib'],
  )
  assert.deepEqual(
    fault(() => parsePods(podLines('a,x,1,0,0,'))),
    [2, 'cpu_milli is no number: x'],
  )
  assert.deepEqual(
    fault(() => parsePods(podLines('a,1,1,2,500,'))),
    [2, 'a part of more than one card'],
  )
})

const pods = parsePods(
  podLines('a,4000,1,1,500,', 'b,4000,1,1,1000,', 'c,4000,1,2,1000,', 'd,1000,1,0,0,'),
)

test('arrivals: all pods, then random ones up to the load; fewer where there are too many', () => {
  const over = arrivals(pods, 4_000, 1.3, 42)
  const milli = over.reduce((sum, pod) => sum + pod.milli, 0)
  assert.ok(milli <= 5_200 && milli > 3_200)
  for (const { name } of pods) assert.ok(over.some((pod) => pod.name === name))
  assert.deepEqual(over, arrivals(pods, 4_000, 1.3, 42))
  assert.notDeepEqual(over, arrivals(pods, 4_000, 1.3, 43))
  const under = arrivals(pods, 2_000, 1, 42)
  assert.ok(under.reduce((sum, pod) => sum + pod.milli, 0) <= 2_000)
})

test('placement: what fits everywhere is placed by every policy; what is bound waits in vain', () => {
  const nodes = parseNodes(NODES)
  const whole = parsePods(
    podLines('a,1,1,1,1000,', 'b,1,1,1,1000,', 'c,1,1,1,1000,', 'd,1,1,1,1000,'),
  )
  for (const policy of policies) {
    const [at] = replayPlacement(nodes, whole, policy, 1, [1])
    assert.deepEqual(at, { arrived: 1, unallocatedPercent: 0, failedPods: 0 }, policy)
  }
  const bound = parsePods(podLines('a,1,1,2,1000,T4', 'b,1,1,2,1000,T4'))
  const [half] = replayPlacement(nodes, bound, 'kapok', 1, [1])
  assert.deepEqual(half, { arrived: 1, unallocatedPercent: 50, failedPods: 1 })
})

const job = (id: number, submit: number, run: number, size: number, asked: number, user = 1) =>
  [id, submit, -1, run, size, -1, -1, size, asked, -1, 1, user, 1, -1, 1, -1, -1, -1].join(' ')
const logOf = (...jobs: string[]) => parseSwf(['; MaxProcs: 4', ...jobs].join('\n'))

test('SWF: machine size, unknown values, what is left out, and the line that is wrong', () => {
  const log = logOf(job(1, 0, 10, 4, -1), job(2, 0, 10, 5, 20), job(3, 0, -1, 1, 20))
  assert.equal(log.processors, 4)
  assert.equal(log.leftOut, 2)
  assert.equal(log.jobs[0]!.requestedMs, null)
  assert.deepEqual(
    fault(() => logOf(job(1, 0, 10, 4, 10), job(2, 1, 10, 4, 10), job(1, 2, 10, 4, 10))),
    [4, 'job 1 appears twice'],
  )
  assert.deepEqual(
    fault(() => logOf(job(1, 0, 10, 4, 10), '1 2 3')),
    [3, '3 columns where there should be 18'],
  )
  assert.deepEqual(
    fault(() => logOf(job(1, 0, 10, 4, 10).replace('10', 'ten'))),
    [2, 'column 4 is no number'],
  )
  assert.deepEqual(
    fault(() => logOf('; nothing')),
    [1, 'no job in it'],
  )
})

/** Waits in seconds, by job. */
function waits(policy: (typeof queuePolicies)[number], ...jobs: string[]): number[] {
  return [...follow(logDay(logOf(...jobs)), policyOf[policy]).waits].map((wait) => wait / 1_000)
}

test('fcfs waits in line, EASY passes the head without delaying it, SJF takes the short first', () => {
  const jobs = [
    job(1, 0, 100, 3, 100),
    job(2, 1, 100, 4, 100),
    job(3, 2, 50, 1, 50),
    job(4, 3, 200, 1, 200),
  ]
  assert.deepEqual(waits('fcfs', ...jobs), [0, 99, 198, 197])
  assert.deepEqual(waits('easy', ...jobs), [0, 99, 0, 197])
  assert.deepEqual(
    waits('easy-sjf', job(1, 0, 100, 4, 100), job(2, 1, 90, 4, 90), job(3, 2, 10, 4, 10)),
    [0, 109, 98],
  )
})

test('fair: who submits once is not behind who submitted a hundred', () => {
  const many = Array.from({ length: 20 }, (_, nth) => job(nth, 0, 100, 4, 100, 1))
  const last = job(99, 1, 100, 4, 100, 2)
  assert.equal(waits('easy', ...many, last).at(-1), 1_999)
  assert.equal(waits('fair', ...many, last).at(-1), 99)
})

test('figures: slowdown has a floor of ten seconds, use and fairness are shares', () => {
  const log = logOf(job(1, 0, 5, 4, 5), job(2, 0, 15, 4, 15))
  const figures = figuresOf(follow(logDay(log), policyOf.easy))
  assert.equal(figures.meanBoundedSlowdown, (1 + 20 / 15) / 2)
  assert.equal(figures.utilisation, 1)
  assert.equal(figures.meanWaitSeconds, 2.5)
  assert.equal(figures.fairness, 1)
})

test('a flood drowns the small ones in line, and hardly wets them under fair shares', () => {
  const flood = { organisations: 150, jobs: 1_500, seed: 7 }
  const line = replayFlood({ ...flood, order: 'fcfs', most: 1 })
  const fair = replayFlood({ ...flood, order: 'fair', most: 1 })
  const bounded = replayFlood({ ...flood, order: 'fair', most: 0.5 })
  assert.ok(line.p95WithMs > 1_800_000, `in line ${line.p95WithMs}`)
  assert.ok(fair.p95WithMs < line.p95WithMs / 5, `fair ${fair.p95WithMs}`)
  assert.equal(bounded.p95WithMs, 0)
})

test('three sites: whoever knows data and latency moves less, pays less and breaks no bound', () => {
  const [blind, price, all] = siteChoices.map((choice) => replaySites(300, 5, choice))
  const paid = (one: typeof all) => one!.cardsYuan + one!.dataYuan
  assert.equal(all!.boundsBroken, 0)
  assert.ok(blind!.boundsBroken > 0 && price!.boundsBroken > 0)
  assert.ok(all!.movedGib < blind!.movedGib / 2, `${all!.movedGib} of ${blind!.movedGib} GiB`)
  assert.ok(paid(all) < paid(blind), `${paid(all)} and ${paid(blind)} yuan`)
  assert.ok(price!.cardsYuan < blind!.cardsYuan)
  for (const one of [blind, price, all]) assert.equal(one!.neverStarted, 0)
})

test('a state made of the snapshot of another one decides as that one does, all the way', () => {
  const job = fc.record({
    user: fc.constantFrom('a', 'b', 'c'),
    submitMs: fc.nat(50).map((n) => n * 60_000),
    runMs: fc.integer({ min: 1, max: 60 }).map((n) => n * 60_000),
    processors: fc.integer({ min: 1, max: 8 }),
  })
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 30 }), (some) => {
      const jobs = some.map((one, nth) => {
        const { runMs } = one
        return { ...one, id: `j${nth}`, waitMs: null, requestedMs: 2 * runMs }
      })
      const log = { processors: 8, jobs, leftOut: 0 }
      const policy = { ...policyOf.kapok, patienceMs: 3_600_000 }
      follow(logDay(log), policy, {
        ended: () => {},
        cycle: (state) => {
          const world = state.snapshot()
          const copy = new State(world, policy)
          const again = new State(copy.snapshot(), policy)
          assert.deepEqual(new Cycle(again).run(), new Cycle(copy).run())
        },
      })
    }),
    { numRuns: 60 },
  )
})

test('estimates: exact where run times are known, and nothing of the future is used', () => {
  const jobs = Array.from({ length: 60 }, (_, nth) => ({
    id: `j${nth}`,
    user: 'u',
    submitMs: nth * 60_000,
    waitMs: null,
    runMs: 600_000,
    requestedMs: 600_000,
    processors: 8,
  }))
  const log = { processors: 8, jobs, leftOut: 0 }
  const sampling = { share: 1, seed: 1, runs: 3, arrivalsMs: 3_600_000, horizonMs: 864_000_000 }
  const all = new Estimates(policyOf.fcfs, sampling)
  follow(logDay(log), policyOf.fcfs, all)
  const { sampled, medianRelativeError, coverage80 } = all.figures()
  assert.equal(sampled, 59)
  assert.ok(
    medianRelativeError! < 0.01 && coverage80! > 0.9,
    `${medianRelativeError} ${coverage80}`,
  )
  const nobody = new Estimates(policyOf.fcfs, { ...sampling, share: 0 })
  follow(logDay(log), policyOf.fcfs, nobody)
  assert.deepEqual(nobody.figures(), { sampled: 0, medianRelativeError: null, coverage80: null })
})
