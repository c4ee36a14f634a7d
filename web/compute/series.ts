// Turns the metrics that a program wrote into lines that can be drawn, and says what they show.
import type { Metrics } from './compute.ts'

export interface Series {
  name: string
  points: readonly { x: number; y: number }[]
}

/** What may stand on the horizontal axis, in the order of preference. */
const AXES = ['step', 'epoch', 'iteration'] as const
/** Never worth a line of their own. */
const NO_LINE = new Set<string>([...AXES, 'time', 'at', 'ts', 'timestamp', 'seed', 'attempt'])
const MOST_LINES = 4

export interface Chart {
  axis: string
  series: readonly Series[]
}

const number = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

/** Every numeric column over its step; rows without a step are counted as they come. */
export function chartOf(items: Metrics): Chart {
  const axis = AXES.find((name) => items.some((item) => number(item[name]))) ?? null
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))].filter(
    (name) => !NO_LINE.has(name),
  )
  const series = names
    .map((name) => ({
      name,
      points: items
        .map((item, nth) => ({ x: axis ? item[axis] : nth + 1, y: item[name] }))
        .filter((point): point is { x: number; y: number } => number(point.x) && number(point.y)),
    }))
    .filter(({ points }) => points.length > 1)
  return { axis: axis ?? '#', series: series.slice(0, MOST_LINES) }
}

/** Columns of the table: the axis first, then the names in the order of their appearance. */
export function columnsOf(items: Metrics): string[] {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))]
  const rank = (name: string) => {
    const place = (AXES as readonly string[]).indexOf(name)
    return place < 0 ? AXES.length : place
  }
  return names.sort((a, b) => rank(a) - rank(b))
}

/** A number as short as it stays true to four figures. */
export function short(value: number): string {
  if (Number.isInteger(value)) return String(value)
  const magnitude = Math.abs(value)
  if (magnitude >= 0.001 && magnitude < 100_000) return String(Number(value.toPrecision(4)))
  return value.toExponential(2)
}

export interface Scale {
  low: number
  high: number
}

/** The range that a line is drawn in; a flat line gets room above and below. */
export function scaleOf(values: readonly number[]): Scale {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low < high) return { low, high }
  const room = Math.abs(low) * 0.1 || 1
  return { low: low - room, high: high + room }
}

/** The points as the path of an SVG of the given size, y upwards. */
export function pathOf({ points }: Series, width: number, height: number): string {
  const x = scaleOf(points.map((point) => point.x))
  const y = scaleOf(points.map((point) => point.y))
  return points
    .map((point, nth) => {
      const left = ((point.x - x.low) / (x.high - x.low)) * width
      const top = height - ((point.y - y.low) / (y.high - y.low)) * height
      return `${nth === 0 ? 'M' : 'L'}${left.toFixed(1)} ${top.toFixed(1)}`
    })
    .join('')
}
