// A text with what matched marked in it.
import { useWords } from '../text/text.ts'

interface HighlightedProps {
  text: string
  /** Start and end (exclusive) of each match, in order. */
  ranges: readonly (readonly [start: number, end: number])[]
}

export function Highlighted({ text, ranges }: HighlightedProps) {
  const { t } = useWords()
  const plain = (part: string) => t(part, part)
  const ends = [0, ...ranges.map(([, end]) => end)]
  return (
    <>
      {ranges.map(([start, end], at) => (
        <span key={start}>
          {plain(text.slice(ends[at], start))}
          <mark>{plain(text.slice(start, end))}</mark>
        </span>
      ))}
      {plain(text.slice(ends.at(-1)))}
    </>
  )
}
