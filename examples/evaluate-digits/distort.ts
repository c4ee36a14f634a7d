// Distorts an image as another hand or another scanner would: moved, turned, thicker, noisy, hidden.
import { SIDE } from './images.ts'
import { normal } from './random.ts'

const CENTRE = (SIDE - 1) / 2

/** Grey value at a place; beyond the edge is empty paper. */
function inkAt(image: Float64Array, x: number, y: number): number {
  return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : image[y * SIDE + x]!
}

function drawn(ink: (x: number, y: number) => number): Float64Array {
  return Float64Array.from({ length: SIDE * SIDE }, (_, at) => ink(at % SIDE, (at / SIDE) | 0))
}

/** Turned about the centre by `angle` (radians, clockwise), then moved by dx and dy pixels. */
export function moved(image: Float64Array, dx: number, dy: number, angle = 0): Float64Array {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return drawn((toX, toY) => {
    const [x, y] = [toX - CENTRE - dx, toY - CENTRE - dy]
    const fromX = cos * x + sin * y + CENTRE
    const fromY = cos * y - sin * x + CENTRE
    const [left, top] = [Math.floor(fromX), Math.floor(fromY)]
    const [right, low] = [fromX - left, fromY - top]
    const above = inkAt(image, left, top) * (1 - right) + inkAt(image, left + 1, top) * right
    const below =
      inkAt(image, left, top + 1) * (1 - right) + inkAt(image, left + 1, top + 1) * right
    return above * (1 - low) + below * low
  })
}

/** Ink spreads to the four neighbours, weakened to `share` of itself (0 to 1). */
export function thickened(image: Float64Array, share: number): Float64Array {
  return drawn((x, y) =>
    Math.max(
      inkAt(image, x, y),
      share * inkAt(image, x - 1, y),
      share * inkAt(image, x + 1, y),
      share * inkAt(image, x, y - 1),
      share * inkAt(image, x, y + 1),
    ),
  )
}

/** Each pixel is off by a normal error of this deviation; stays within 0 and 1. */
export function noisy(image: Float64Array, deviation: number, random: () => number): Float64Array {
  return image.map((ink) => Math.min(1, Math.max(0, ink + deviation * normal(random))))
}

/** A square of `side` pixels is empty, its upper left corner at x and y. */
export function hidden(image: Float64Array, x: number, y: number, side: number): Float64Array {
  const inside = (at: number, from: number) => at >= from && at < from + side
  return drawn((atX, atY) => (inside(atX, x) && inside(atY, y) ? 0 : inkAt(image, atX, atY)))
}
