// Training by Adam on distorted images; all that decides the next step is in the state and the seed.
import { moved, noisy } from './distort.ts'
import { CLASSES, type Images, imageAt, PIXELS } from './images.ts'
import { addGradient, classOf, type Network, networkOf, newNetwork } from './network.ts'
import { around, randomFrom, shuffled } from './random.ts'

const BATCH = 32
const RATE = 0.001
/** Share of the gradient's running mean and of its running square that is kept at each step. */
const [KEEP_MEAN, KEEP_SQUARE] = [0.9, 0.999]
// How far an image is turned (radians), moved (pixels) and spoilt (grey values) at most.
const TURN = (12 * Math.PI) / 180
const SHIFT = 0.7
const NOISE = 0.15

// What a random number is for, so that no two uses share one.
const [FOR_WEIGHTS, FOR_ORDER, FOR_DISTORTION] = [1, 2, 3]

export interface Plan {
  seed: number
  /** Widths of the hidden layers. */
  hidden: readonly number[]
  epochs: number
}

export interface Training {
  plan: Plan
  network: Network
  /** Running mean and running square of the gradient, one number for each parameter. */
  mean: Float64Array
  square: Float64Array
  /** Batches done. */
  step: number
  /** Loss of the images since it was last reported. */
  loss: { sum: number; images: number }
}

export const stepsPerEpoch = (images: Images) => Math.ceil(images.count / BATCH)
export const totalSteps = (plan: Plan, images: Images) => plan.epochs * stepsPerEpoch(images)

/** Training before its first step. */
export function newTraining(plan: Plan): Training {
  const sizes = [PIXELS, ...plan.hidden, CLASSES]
  const network = newNetwork(sizes, randomFrom(plan.seed, FOR_WEIGHTS))
  const zeros = () => new Float64Array(network.values.length)
  return { plan, network, mean: zeros(), square: zeros(), step: 0, loss: { sum: 0, images: 0 } }
}

/** One batch: gradient over images that are distorted a little, then one step of Adam. */
export function trainStep(training: Training, images: Images): void {
  const { plan, network, step } = training
  const perEpoch = stepsPerEpoch(images)
  const [epoch, nth] = [Math.floor(step / perEpoch), step % perEpoch]
  const order = shuffled(images.count, randomFrom(plan.seed, FOR_ORDER, epoch))
  const batch = order.subarray(nth * BATCH, (nth + 1) * BATCH)
  const gradient = networkOf(network.sizes, new Float64Array(network.values.length))
  const random = randomFrom(plan.seed, FOR_DISTORTION, step)
  for (const at of batch) {
    const [dx, dy] = [around(SHIFT, random), around(SHIFT, random)]
    const turned = moved(imageAt(images, at), dx, dy, around(TURN, random))
    const image = noisy(turned, NOISE * random(), random)
    training.loss.sum += addGradient(network, gradient, image, images.labels[at]!)
  }
  training.loss.images += batch.length
  adam(training, gradient.values, batch.length, rateAt(step / totalSteps(plan, images)))
  training.step = step + 1
}

/** Falls from RATE to zero along half a cosine; `done` is 0 to 1. */
function rateAt(done: number): number {
  return (RATE * (1 + Math.cos(Math.PI * done))) / 2
}

function adam(training: Training, gradient: Float64Array, images: number, rate: number): void {
  const { network, mean, square, step } = training
  const meanShare = 1 - KEEP_MEAN ** (step + 1)
  const squareShare = 1 - KEEP_SQUARE ** (step + 1)
  for (let at = 0; at < gradient.length; at++) {
    const slope = gradient[at]! / images
    mean[at] = KEEP_MEAN * mean[at]! + (1 - KEEP_MEAN) * slope
    square[at] = KEEP_SQUARE * square[at]! + (1 - KEEP_SQUARE) * slope * slope
    const size = Math.sqrt(square[at]! / squareShare) + 1e-8
    network.values[at]! -= (rate * mean[at]!) / meanShare / size
  }
}

/** Mean loss since this was last asked; null when nothing was trained. */
export function takeLoss(training: Training): number | null {
  const { sum, images } = training.loss
  training.loss = { sum: 0, images: 0 }
  return images === 0 ? null : sum / images
}

/** Share of the images whose digit is named rightly. */
export function accuracy(network: Network, images: Images): number {
  let right = 0
  for (let nth = 0; nth < images.count; nth++) {
    if (classOf(network, imageAt(images, nth)) === images.labels[nth]) right++
  }
  return right / images.count
}
