// A small line chart as SVG, with the sentence that says what it shows.
import { useWords } from '../text/text.ts'
import { pathOf, type Series, scaleOf, short } from './series.ts'

const WIDTH = 320
const HEIGHT = 110

export function LineChart({ series, axis }: { series: Series; axis: string }) {
  const { t } = useWords()
  const { name, points } = series
  const first = points[0]!
  const last = points.at(-1)!
  const { low, high } = scaleOf(points.map(({ y }) => y))
  const sentence = t(
    `${name}：从 ${short(first.y)}（${axis} ${short(first.x)}）到 ${short(last.y)}（${axis} ${short(last.x)}）`,
    `${name}: from ${short(first.y)} (${axis} ${short(first.x)}) to ${short(last.y)} (${axis} ${short(last.x)})`,
  )
  return (
    <figure className="line-chart">
      <figcaption className="small">{sentence}</figcaption>
      <svg viewBox={`-6 -8 ${WIDTH + 12} ${HEIGHT + 16}`} role="img" aria-label={sentence}>
        <line className="chart-axis" x1="0" y1="0" x2={WIDTH} y2="0" />
        <line className="chart-axis" x1="0" y1={HEIGHT} x2={WIDTH} y2={HEIGHT} />
        <path className="chart-line" d={pathOf(series, WIDTH, HEIGHT)} />
      </svg>
      <p className="chart-range muted tiny">
        <span>
          {t('低', 'low')} {short(low)}
        </span>
        <span>
          {t('高', 'high')} {short(high)}
        </span>
      </p>
    </figure>
  )
}
