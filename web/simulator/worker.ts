// The simulator's thread: the page stays quick while the engine works.
import { TraceError } from '#engines/replay/trace-error.ts'
import { type Answer, type Asked, NotPossible, simulate } from './simulate.ts'

export type Message =
  | { kind: 'progress'; share: number }
  | { kind: 'answer'; answer: Answer }
  | { kind: 'refused'; zh: string; en: string }

const QUIET_MS = 100

const say = (message: Message) => globalThis.postMessage(message)

async function answer(asked: Asked): Promise<Message> {
  let told = performance.now()
  try {
    const found = await simulate(asked, (share) => {
      if (performance.now() - told < QUIET_MS) return
      told = performance.now()
      say({ kind: 'progress', share })
    })
    return { kind: 'answer', answer: found }
  } catch (error) {
    if (error instanceof TraceError || error instanceof NotPossible) {
      return { kind: 'refused', zh: error.zh, en: error.message }
    }
    throw error
  }
}

globalThis.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  // What nobody expected reaches the page as an error of this thread.
  void answer(data).then(say, reportError)
})
