// Forecasts: exact where nothing is left to chance, honest ranges where something is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forecast } from './forecast.ts'
import { schedule } from './schedule.ts'
import {
  cards,
  HOUR,
  NOW,
  node,
  pending,
  policy,
  queue,
  running,
  slot,
  snapshot,
} from './test-snapshots.ts'

const busy = {
  nodes: [node('n1', 1)],
  running: [running('r', slot(-HOUR, HOUR, cards('n1', 0, 1)))],
}
const sure = { shares: [], runs: 5, horizonMs: 100 * HOUR }

test('with known run times it is what the scheduler then does', () => {
  const world = snapshot({ ...busy, pending: [pending('a', 1000), pending('b', 1000)] })
  const before = JSON.stringify(world)
  const [a, b] = forecast(world, policy(), ['a', 'b'], sure)
  assert.deepEqual(a, {
    workloadId: 'a',
    earliest: NOW + HOUR,
    median: NOW + HOUR,
    latest: NOW + HOUR,
  })
  assert.equal(b!.median, NOW + 2 * HOUR)
  assert.equal(JSON.stringify(world), before)
  const then = schedule({ ...world, now: a!.median!, running: [] }, policy())
  assert.deepEqual(
    then.placements.map((one) => one.workloadId),
    ['a'],
  )
})

test('a range where run times vary, the same for the same seed', () => {
  const waits = Array.from({ length: 6 }, (_, nth) => pending(`w${nth}`, 1000))
  const world = snapshot({ ...busy, pending: waits })
  const luck = { shares: [0.6, 0.8, 1], runs: 40, horizonMs: 100 * HOUR }
  const [last] = forecast(world, policy(), ['w5'], luck)
  assert.ok(last!.earliest! < last!.median! && last!.median! < last!.latest!)
  assert.ok(last!.earliest! > NOW + 3 * HOUR && last!.latest! < NOW + 6 * HOUR)
  assert.deepEqual(forecast(world, policy(), ['w5'], luck), [last])
  assert.notDeepEqual(forecast({ ...world, seed: 2 }, policy(), ['w5'], luck), [last])
})

test('promises come due in the future too, and what never fits is not told', () => {
  const promise = slot(3 * HOUR, 4 * HOUR, cards('n1', 0, 1))
  const long = { limitMs: 4 * HOUR, estimateMs: 4 * HOUR }
  const world = snapshot({
    nodes: [node('n1', 1)],
    pending: [
      pending('promised', 1000, { promise, gate: null, queueId: 'q2', submittedAt: NOW + 1 }),
      pending('long', 1000, long),
      pending('huge', 2000),
    ],
    blocks: [{ nodeId: 'n1', units: null, from: NOW - 1, to: NOW + 2 * HOUR }],
  })
  const [promised, other, huge] = forecast(world, policy(), ['promised', 'long', 'huge'], sure)
  assert.equal(promised!.latest, NOW + 2 * HOUR, 'earlier than promised')
  assert.equal(other!.median, NOW + 3 * HOUR)
  assert.equal(huge!.median, null)
})

test('recent arrivals come again: who has used less goes first, and the start is later', () => {
  const nodes = [node('n1', 1)]
  const running1 = running('r', slot(-HOUR, HOUR, cards('n1', 0, 1)))
  const queues = [queue('q1', { used: [{ chipClass: 'big', milliMs: 1e12 }] }), queue('q2')]
  const world = snapshot({ nodes, queues, running: [running1], pending: [pending('a', 1000)] })
  const jobs = [0, 1].map((nth) =>
    pending(`old ${nth}`, 1000, { queueId: 'q2', submittedAt: NOW - 2 * HOUR + nth * HOUR }),
  )
  const alone = forecast(world, policy(), ['a'], sure)[0]!
  const among = forecast(world, policy(), ['a'], {
    ...sure,
    arrivals: { jobs, spanMs: 2 * HOUR },
  })[0]!
  assert.equal(alone.median, NOW + HOUR)
  assert.ok(among.median === null || among.median > alone.median!)
})

test('each queue runs its own share of its limits, where that is known', () => {
  const world = snapshot({
    nodes: [node('n1', 1)],
    running: [running('r', slot(0, 10 * HOUR, cards('n1', 0, 1)))],
    pending: [pending('a', 1000)],
  })
  const at = (sharesOf: ReadonlyMap<string, readonly number[]>) =>
    forecast(world, policy(), ['a'], { ...sure, shares: [0.2], sharesOf })[0]!.median
  assert.equal(at(new Map()), NOW + 2 * HOUR)
  assert.equal(at(new Map([['q1', [0.5]]])), NOW + 5 * HOUR)
})
