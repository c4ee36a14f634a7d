// The trained network as a file that other programs read: /output/model.json.
import { PIXELS } from './images.ts'
import { type Network, networkOf, parameterCount } from './network.ts'

/** Documented in README.md; evaluate-digits reads it with code of its own. */
export interface ModelFile {
  format: 'digits-perceptron'
  version: 1
  layers: { activation: 'relu' | 'softmax'; weights: number[][]; biases: number[] }[]
}

const DIGITS = 6

/** Weights with six significant digits, one row of weights for each output. */
export function modelOf(network: Network): ModelFile {
  const short = (values: Float64Array) => [...values].map((value) => +value.toPrecision(DIGITS))
  const layers = network.layers.map(({ inputs, weights, biases }, nth) => ({
    activation: nth < network.layers.length - 1 ? ('relu' as const) : ('softmax' as const),
    weights: Array.from(biases, (_, output) =>
      short(weights.subarray(output * inputs, (output + 1) * inputs)),
    ),
    biases: short(biases),
  }))
  return { format: 'digits-perceptron', version: 1, layers }
}

/** The network that the file describes, which is the trained one after rounding. */
export function networkFrom({ layers }: ModelFile): Network {
  const sizes = [PIXELS, ...layers.map(({ biases }) => biases.length)]
  const network = networkOf(sizes, new Float64Array(parameterCount(sizes)))
  layers.forEach(({ weights, biases }, nth) => {
    network.layers[nth]!.weights.set(weights.flat())
    network.layers[nth]!.biases.set(biases)
  })
  return network
}
