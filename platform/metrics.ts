// Measurements for operators, in the Prometheus text format.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** One registry per world, so that tests do not share counters. */
export function openMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'kapok_' })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'kapok_http_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    retries: new Counter({
      name: 'kapok_transaction_retries_total',
      help: 'Transactions repeated after a serialisation failure or deadlock',
      registers,
    }),
    journalPosition: new Gauge({
      name: 'kapok_journal_position',
      help: 'Highest position of the journal',
      registers,
    }),
    sealedPosition: new Gauge({
      name: 'kapok_journal_sealed_position',
      help: 'Highest sealed position',
      registers,
    }),
    reactionLag: new Gauge({
      name: 'kapok_reaction_failures',
      help: 'Consecutive failures of a reaction',
      labelNames: ['reaction'],
      registers,
    }),
  }
}

export type Metrics = ReturnType<typeof openMetrics>
