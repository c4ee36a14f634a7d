// Nearest centroid: names the digit whose mean image is closest. What training has to beat.
import { CLASSES, type Images, imageAt, PIXELS } from './images.ts'

/** Share of `heldOut` that is named rightly by the mean images of `training`. */
export function baselineAccuracy(training: Images, heldOut: Images): number {
  const centroids = means(training)
  let right = 0
  for (let nth = 0; nth < heldOut.count; nth++) {
    const distances = centroids.map((mean) => squaredDistance(mean, imageAt(heldOut, nth)))
    if (distances.indexOf(Math.min(...distances)) === heldOut.labels[nth]) right++
  }
  return right / heldOut.count
}

/** Mean image of each digit; of a digit that never occurs, one that is infinitely far. */
function means(images: Images): Float64Array[] {
  const sums = Array.from({ length: CLASSES }, () => new Float64Array(PIXELS))
  const counts = new Uint32Array(CLASSES)
  for (let nth = 0; nth < images.count; nth++) {
    const label = images.labels[nth]!
    counts[label]!++
    imageAt(images, nth).forEach((ink, at) => {
      sums[label]![at]! += ink
    })
  }
  return sums.map((sum, label) =>
    counts[label] === 0
      ? sum.fill(Number.POSITIVE_INFINITY)
      : sum.map((ink) => ink / counts[label]!),
  )
}

function squaredDistance(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, ink, at) => sum + (ink - other[at]!) ** 2, 0)
}
