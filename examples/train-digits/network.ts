// A multilayer perceptron: ReLU layers, a softmax at the end, and the gradient of its loss.
import { normal } from './random.ts'

export interface Layer {
  inputs: number
  outputs: number
  /** Row by row, one row of `inputs` weights for each output. */
  weights: Float64Array
  biases: Float64Array
}

export interface Network {
  /** Width of the input and of each layer. */
  sizes: readonly number[]
  /** All parameters; the layers are views on it, so that it is updated and saved as one. */
  values: Float64Array
  layers: Layer[]
}

/** How many weights and biases layers of these sizes have. */
export function parameterCount(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, outputs, nth) => sum + outputs * (sizes[nth]! + 1), 0)
}

/** A network whose parameters are `values`; the same shape serves for a gradient. */
export function networkOf(sizes: readonly number[], values: Float64Array): Network {
  let at = 0
  const take = (count: number) => {
    at += count
    return values.subarray(at - count, at)
  }
  const layers = sizes.slice(1).map((outputs, nth) => {
    const inputs = sizes[nth]!
    return { inputs, outputs, weights: take(inputs * outputs), biases: take(outputs) }
  })
  return { sizes, values, layers }
}

/** A network before training: weights by He's rule, biases zero. */
export function newNetwork(sizes: readonly number[], random: () => number): Network {
  const network = networkOf(sizes, new Float64Array(parameterCount(sizes)))
  for (const { inputs, weights } of network.layers) {
    weights.forEach((_, at) => {
      weights[at] = normal(random) * Math.sqrt(2 / inputs)
    })
  }
  return network
}

/** What each layer gives for an image; the last are the probabilities of the classes. */
export function forward(network: Network, image: Float64Array): Float64Array[] {
  const given = [image]
  network.layers.forEach((layer, nth) => {
    const out = affine(layer, given[nth]!)
    if (nth === network.layers.length - 1) softmax(out)
    else for (let at = 0; at < out.length; at++) if (out[at]! < 0) out[at] = 0
    given.push(out)
  })
  return given
}

function affine({ inputs, weights, biases }: Layer, given: Float64Array): Float64Array {
  const out = new Float64Array(biases)
  for (let output = 0; output < out.length; output++) {
    let sum = 0
    for (let input = 0, at = output * inputs; input < inputs; input++, at++) {
      sum += weights[at]! * given[input]!
    }
    out[output]! += sum
  }
  return out
}

function softmax(scores: Float64Array): void {
  const highest = Math.max(...scores)
  let sum = 0
  for (let at = 0; at < scores.length; at++) {
    scores[at] = Math.exp(scores[at]! - highest)
    sum += scores[at]!
  }
  for (let at = 0; at < scores.length; at++) scores[at]! /= sum
}

/** The most probable class. */
export function classOf(network: Network, image: Float64Array): number {
  const probabilities = forward(network, image).at(-1)!
  return probabilities.indexOf(Math.max(...probabilities))
}

/** Adds this image's gradient of the cross entropy (nats) to `gradient`; returns the loss. */
export function addGradient(
  network: Network,
  gradient: Network,
  image: Float64Array,
  label: number,
): number {
  const given = forward(network, image)
  let errors = given.at(-1)!.slice()
  const loss = -Math.log(Math.max(errors[label]!, Number.MIN_VALUE))
  errors[label]! -= 1
  for (let nth = network.layers.length - 1; nth >= 0; nth--) {
    const input = given[nth]!
    addOuter(gradient.layers[nth]!, errors, input)
    if (nth > 0) errors = backward(network.layers[nth]!, errors, input)
  }
  return loss
}

function addOuter({ inputs, weights, biases }: Layer, errors: Float64Array, given: Float64Array) {
  for (let output = 0; output < errors.length; output++) {
    const error = errors[output]!
    if (error === 0) continue
    biases[output]! += error
    for (let input = 0, at = output * inputs; input < inputs; input++, at++) {
      weights[at]! += error * given[input]!
    }
  }
}

/** Errors of the layer below; a ReLU that gave nothing passes nothing back. */
function backward({ inputs, weights }: Layer, errors: Float64Array, given: Float64Array) {
  const below = new Float64Array(inputs)
  for (let output = 0; output < errors.length; output++) {
    const error = errors[output]!
    if (error === 0) continue
    for (let input = 0, at = output * inputs; input < inputs; input++, at++) {
      below[input]! += error * weights[at]!
    }
  }
  for (let input = 0; input < inputs; input++) if (given[input]! <= 0) below[input] = 0
  return below
}
