// Two lines over one stretch of time, told apart by colour and dash, with a legend and a sentence.
import { type Text, useWords } from '../text/text.ts'

const WIDTH = 640
const HEIGHT = 160

interface CurvesProps {
  title: string
  names: readonly [string, string]
  curves: readonly [readonly number[], readonly number[]]
  /** Upper end of the vertical axis; the largest value where there is none. */
  top?: number
  say: (value: number) => string
  /** What stands below the left end, the middle and the right end. */
  times: readonly Text[]
}

const path = (values: readonly number[], top: number) =>
  values
    .map((value, nth) => {
      const x = ((nth + 0.5) / values.length) * WIDTH
      const y = HEIGHT * (1 - Math.min(1, value / top))
      return `${nth === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')

export function Curves({ title, names, curves, top, say, times }: CurvesProps) {
  const { t, of } = useWords()
  const most = curves.map((values) => Math.max(...values))
  const upper = top ?? Math.max(1, ...most)
  const sentence = t(
    `${title}：${names[0]}最高 ${say(most[0]!)}，${names[1]}最高 ${say(most[1]!)}`,
    `${title}: at most ${say(most[0]!)} under A (${names[0]}), ${say(most[1]!)} under B (${names[1]})`,
  )
  return (
    <figure className="curves">
      <figcaption className="small">{sentence}</figcaption>
      <svg viewBox={`0 -3 ${WIDTH} ${HEIGHT + 6}`} role="img" aria-label={sentence}>
        {[0, 0.5, 1].map((share) => (
          <line
            key={share}
            className="chart-axis"
            x1="0"
            x2={WIDTH}
            y1={HEIGHT * (1 - share)}
            y2={HEIGHT * (1 - share)}
          />
        ))}
        <path className="curve curve-first" d={path(curves[0], upper)} />
        <path className="curve curve-second" d={path(curves[1], upper)} />
      </svg>
      <p className="chart-range muted tiny">
        {times.map((time) => (
          <span key={time.zh}>{of(time)}</span>
        ))}
      </p>
    </figure>
  )
}

/** Which line is whose. */
export function CurveLegend({ names }: { names: readonly [string, string] }) {
  const { t } = useWords()
  return (
    <ul className="legend small">
      {(['first', 'second'] as const).map((side, nth) => (
        <li key={side}>
          <svg className="curve-mark" viewBox="0 0 24 6" aria-hidden="true">
            <path className={`curve curve-${side}`} d="M0 3L24 3" />
          </svg>
          {nth === 0 ? t('甲', 'A') : t('乙', 'B')} {names[nth]}
        </li>
      ))}
    </ul>
  )
}
