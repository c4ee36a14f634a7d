// Context for the benchmark of rules: the same table in zen-engine's loop mode, where somebody has installed it.
import { performance } from 'node:perf_hooks'

/** Not among Kapok's own packages: `npm install --no-save @gorules/zen-engine@0.54.0`. */
const PACKAGE = '@gorules/zen-engine'

interface Zen {
  ZenEngine: new () => {
    createDecision(content: object): { evaluate(context: unknown): Promise<{ result: unknown }> }
  }
}

/** A row of the table: four tests of its language, and the amount. */
export interface ZenRow {
  share: string
  people: string
  revenue: string
  sector: string
  amount: string
}

const input = (id: string) => ({ id, name: id, type: 'expression', field: id })

function decisionTable(rows: readonly ZenRow[]): object {
  return {
    nodes: [
      { id: 'in', name: 'in', type: 'inputNode', content: {} },
      {
        id: 'table',
        name: 'table',
        type: 'decisionTableNode',
        content: {
          hitPolicy: 'first',
          inputs: ['share', 'people', 'revenue', 'sector'].map(input),
          outputs: [{ id: 'amount', name: 'amount', type: 'expression', field: 'amount' }],
          rules: rows.map((row, nth) => ({ _id: String(nth), ...row })),
          executionMode: 'loop',
          inputField: 'rows',
          outputPath: 'found',
        },
      },
      { id: 'out', name: 'out', type: 'outputNode', content: {} },
    ],
    edges: [
      { id: '1', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: '2', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  }
}

/**
 * Seconds for a million subjects, reckoned from those given; null where the package is not installed.
 * @param found what it came to, to be compared
 */
export async function zenSeconds(
  rows: readonly ZenRow[],
  subjects: readonly object[],
): Promise<{ seconds: number; found: (number | null)[] } | null> {
  const name = PACKAGE
  const zen = (await import(name).catch(() => null)) as Zen | null
  if (!zen) return null
  const decision = new zen.ZenEngine().createDecision(decisionTable(rows))
  const start = performance.now()
  const { result } = await decision.evaluate({ rows: subjects })
  const seconds = ((performance.now() - start) / 1_000) * (1_000_000 / subjects.length)
  const { found } = result as { found: { amount?: number }[] }
  return { seconds, found: found.map((one) => one?.amount ?? null) }
}
