// What the simulator is asked and what it answers: the production engine on a day, twice.
import { type Comparison, compare } from '#engines/replay/compare.ts'
import {
  type Course,
  capped,
  type Day,
  follow,
  recorded,
  type Watcher,
} from '#engines/replay/course.ts'
import { type FloodSize, floodDay } from '#engines/replay/flood.ts'
import { type PublishedDay, publishedDay } from '#engines/replay/open-day.ts'
import { logDay, policyOf, type QueuePolicy } from '#engines/replay/queue.ts'
import { parseSwf } from '#engines/replay/swf.ts'

export type Source =
  | ({ kind: 'flood' } & FloodSize)
  | { kind: 'day'; day: PublishedDay }
  | { kind: 'log'; file: Blob; name: string; jobs: number }

export interface SideAsked {
  policy: QueuePolicy | 'recorded'
  /** Most of everything that one organisation may use at a time, in percent from 1 to 100. */
  mostPercent: number
}

export interface Asked {
  source: Source
  sides: readonly [SideAsked, SideAsked]
}

export interface Answer {
  comparison: Comparison
  organisations: number
  /** Seconds of computing, of both sides. */
  seconds: number
  /** Jobs of a log that were left out, as unfit to be replayed. */
  leftOut: number
}

/** Sentences for whoever asked; the simulation does not take place. */
export class NotPossible extends Error {
  readonly zh: string
  constructor(zh: string, en: string) {
    super(en)
    this.name = 'NotPossible'
    this.zh = zh
  }
}

/** A log is read in this browser, and no more of it than this. */
const MOST_BYTES = 256 * 2 ** 20
const GZIP = [0x1f, 0x8b]

/** The text of a file, unpacked where it is gzip. @throws NotPossible */
export async function textOf(file: Blob): Promise<string> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const packed = GZIP.every((byte, nth) => head[nth] === byte)
  const stream = packed ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream()
  const parts: BlobPart[] = []
  let bytes = 0
  try {
    for await (const part of stream as ReadableStream<Uint8Array<ArrayBuffer>>) {
      bytes += part.byteLength
      if (bytes > MOST_BYTES) {
        throw new NotPossible(
          '文件解开后超过 256 MB',
          'The file is larger than 256 MB once unpacked',
        )
      }
      parts.push(part)
    }
  } catch (error) {
    if (error instanceof NotPossible) throw error
    throw new NotPossible('压缩文件已损坏，无法解开', 'The compressed file is broken')
  }
  return new Blob(parts).text()
}

async function dayOf(source: Source): Promise<{ day: Day; leftOut: number }> {
  if (source.kind === 'flood') return { day: floodDay(source), leftOut: 0 }
  if (source.kind === 'day') return { day: publishedDay(source.day), leftOut: 0 }
  const log = parseSwf(await textOf(source.file), source.name)
  const jobs = log.jobs.slice(0, source.jobs)
  return { day: logDay({ ...log, jobs }), leftOut: log.leftOut }
}

function courseOf(day: Day, { policy, mostPercent }: SideAsked, watcher: Watcher): Course {
  if (policy !== 'recorded') {
    return follow(
      mostPercent < 100 ? capped(day, mostPercent / 100) : day,
      policyOf[policy],
      watcher,
    )
  }
  const course = recorded(day)
  if (course) return course
  throw new NotPossible(
    '这份记录没有每个任务的实际等待时间，请改选一种策略',
    'This record does not say how long every job waited: choose a policy instead',
  )
}

/**
 * @param progress is told the share done, 0 to 1, now and then
 * @throws NotPossible or TraceError, with sentences in both languages
 */
export async function simulate(
  { source, sides }: Asked,
  progress: (share: number) => void = () => {},
): Promise<Answer> {
  const { day, leftOut } = await dayOf(source)
  const begun = performance.now()
  const all = 2 * day.tasks.length
  let started = 0
  const watcher: Watcher = {
    ended: () => {},
    cycle: (_state, _came, now) => {
      started += now.length
      progress(started / all)
    },
  }
  const [first, second] = [courseOf(day, sides[0], watcher), courseOf(day, sides[1], watcher)]
  return {
    comparison: compare(first, second),
    organisations: new Set(day.tasks.map(({ pending }) => pending.queueId)).size,
    seconds: (performance.now() - begun) / 1_000,
    leftOut,
  }
}
