// ./kapok conformance: runs test suites that others wrote, and counts what passes.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Decisions } from '#engines/dmn/evaluate.ts'
import type { Model } from '#engines/dmn/model.ts'
import { readModel } from '#engines/dmn/read.ts'
import { agrees, readCases } from '#engines/dmn/tck.ts'
import { momentOf } from '#engines/feel/builtins/index.ts'
import { printed } from '#engines/feel/print.ts'
import { Context, isNull, type Value } from '#engines/feel/values.ts'

export const summary = { zh: '运行外部的一致性测试套件', en: 'Run conformance suites of others' }
export const usage = 'conformance dmn --tck DIR [--json] [--failed]'

interface Score {
  passed: number
  total: number
  failed: string[]
}

const told = (value: Value): string => (isNull(value) ? `null (${value.reason})` : printed(value))

/** Every case of one folder of the kit; `log` hears of each that fails. */
function runSuite(folder: string, score: Score, log: (line: string) => void): void {
  const files = readdirSync(folder)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const models = new Map<string, Model>(
    files.filter((name) => name.endsWith('.dmn')).map((name) => [name, readModel(read(name))]),
  )
  for (const file of files.filter((name) => name.endsWith('.xml'))) {
    const suite = readCases(read(file))
    const model = models.get(suite.model)
    if (!model) throw new Error(`${folder}: no model ${suite.model}`)
    const others = [...models.values()].filter((one) => one !== model)
    const decisions = new Decisions(model, others, () => momentOf(Date.now()))
    for (const { id, invocable, inputs, results } of suite.cases) {
      score.total++
      const wrong = results.flatMap(({ name, expected }) => {
        const whole = invocable
          ? decisions.invoke(invocable, inputs)
          : decisions.evaluate(name, inputs)
        // A service with several outputs answers with all of them.
        const part = results.length > 1 && whole instanceof Context ? whole.entries.get(name) : null
        const value = part ?? whole
        return agrees(value, expected) ? [] : [`${name}: ${told(value)}, not ${told(expected)}`]
      })
      if (wrong.length === 0) score.passed++
      else {
        score.failed.push(`${file} ${id}`)
        log(`${file} ${id}: ${wrong.join('; ')}`)
      }
    }
  }
}

export function run(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      tck: { type: 'string' },
      json: { type: 'boolean', default: false },
      failed: { type: 'boolean', default: false },
    },
  })
  if (positionals[0] !== 'dmn' || positionals.length !== 1 || !values.tck) {
    throw new Error(`usage: ./kapok ${usage}`)
  }
  const level = (name: string): Score => {
    const score: Score = { passed: 0, total: 0, failed: [] }
    const folder = join(values.tck!, name)
    for (const suite of readdirSync(folder).sort()) {
      runSuite(join(folder, suite), score, (line) => values.failed && console.error(line))
    }
    return score
  }
  const [level2, level3] = [level('compliance-level-2'), level('compliance-level-3')]
  if (values.json) console.log(JSON.stringify({ level2, level3 }))
  else {
    for (const [name, { passed, total, failed }] of Object.entries({ level2, level3 })) {
      const share = ((100 * passed) / total).toFixed(2)
      console.log(`${name}: ${passed} / ${total} (${share} %), ${failed.length} failed`)
    }
  }
}
