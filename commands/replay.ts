// ./kapok replay: runs the production scheduler over recorded traces on a virtual clock.
import { TraceError } from '#engines/replay/trace-error.ts'
import { flood } from './replay/flood.ts'
import { placement } from './replay/placement.ts'
import { queue } from './replay/queue.ts'
import { Refused } from './replay/refused.ts'
import { sites } from './replay/sites.ts'

export const summary = {
  zh: '在记录的负载上重放调度引擎',
  en: 'Replay the scheduling engine over recorded traces',
}
export const usage = 'replay placement|queue|flood|sites [--help]'

const help = `./kapok replay placement --trace DIR [--workload default] [--policy kapok|fgd|bestfit|dotprod|packing|clustering|random] [--seeds 42,43] [--arrived 1.0,1.3] [--json]
./kapok replay queue --swf FILE.gz [--policy fcfs|easy|easy-sjf|fair|kapok] [--jobs N] [--json]
./kapok replay flood [--organisations 2000] [--jobs 10000] [--seed 1] [--json]
./kapok replay sites [--jobs 1000] [--seed 1] [--json]`

const kinds = { placement, queue, flood, sites }

export async function run(args: string[]): Promise<number> {
  if (args.includes('--help') || args.length === 0) {
    console.log(help)
    return 0
  }
  const [kind = '', ...rest] = args
  if (!Object.hasOwn(kinds, kind)) {
    console.error(`没有这种重放：${kind}。用法：./kapok ${usage}`)
    console.error(`No such replay: ${kind}. Usage: ./kapok ${usage}`)
    return 1
  }
  try {
    return kinds[kind as keyof typeof kinds](rest)
  } catch (error) {
    if (!(error instanceof Refused || error instanceof TraceError)) throw error
    console.error(`${error.zh}\n${error.message}`)
    return 1
  }
}
