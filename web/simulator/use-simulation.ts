// One simulation at a time in a thread of its own: begun, followed, given up.
import { useEffect, useRef, useState } from 'react'
import type { Answer, Asked } from './simulate.ts'
import type { Message } from './worker.ts'

export interface Simulation {
  /** Share done while it runs, else null. */
  running: number | null
  done: { asked: Asked; answer: Answer } | null
  refused: { zh: string; en: string } | null
}

const IDLE: Simulation = { running: null, done: null, refused: null }
const BROKEN = {
  zh: '模拟意外中断，请减少任务数后再试',
  en: 'The simulation broke off: try again with fewer jobs',
}

export function useSimulation() {
  const [simulation, setSimulation] = useState(IDLE)
  const worker = useRef<Worker | null>(null)
  const stop = () => {
    worker.current?.terminate()
    worker.current = null
  }
  useEffect(() => () => worker.current?.terminate(), [])
  const begin = (asked: Asked) => {
    stop()
    const mine = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker.current = mine
    // What is shown stays until there is something new.
    setSimulation(({ done }) => ({ running: 0, done, refused: null }))
    mine.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      if (data.kind === 'progress') {
        setSimulation((now) => ({ ...now, running: data.share }))
        return
      }
      stop()
      if (data.kind === 'answer') {
        setSimulation({ running: null, done: { asked, answer: data.answer }, refused: null })
      } else setSimulation((now) => ({ ...now, running: null, refused: data }))
    })
    mine.addEventListener('error', () => {
      stop()
      setSimulation((now) => ({ ...now, running: null, refused: BROKEN }))
    })
    mine.postMessage(asked)
  }
  const cancel = () => {
    stop()
    setSimulation((now) => ({ ...now, running: null }))
  }
  const forget = () => setSimulation((now) => ({ ...now, refused: null }))
  return { simulation, begin, cancel, forget }
}
