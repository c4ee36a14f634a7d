// Reads a network as train-digits writes it (model.json) and asks it for digits.
import { existsSync, readFileSync } from 'node:fs'
import { CLASSES, InputError, PIXELS } from './images.ts'

interface Layer {
  relu: boolean
  /** One row for each output. */
  weights: Float64Array[]
  biases: number[]
}

export type Model = readonly Layer[]

/** @throws InputError when the file is missing or is no such model */
export function readModel(path: string): Model {
  if (!existsSync(path)) throw new InputError(`${path}: 没有模型文件 · there is no model file`, 66)
  try {
    return modelFrom(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new InputError(`${path}: ${(error as Error).message}`)
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isNumbers = (value: unknown, length: number): value is number[] =>
  Array.isArray(value) && value.length === length && value.every(Number.isFinite)

/** @throws InputError saying which layer does not fit */
export function modelFrom(file: unknown): Model {
  const known = isRecord(file) && file.format === 'digits-perceptron' && file.version === 1
  if (!known || !Array.isArray(file.layers) || file.layers.length === 0) {
    throw new InputError('不是 digits-perceptron 模型 · not a digits-perceptron model')
  }
  let inputs = PIXELS
  const model = file.layers.map((layer: unknown, nth): Layer => {
    const last = nth === (file.layers as unknown[]).length - 1
    const read = layerFrom(layer, inputs, last)
    if (!read) {
      throw new InputError(`第 ${nth + 1} 层的形状不符 · layer ${nth + 1} has another shape`)
    }
    inputs = read.biases.length
    return read
  })
  return model
}

function layerFrom(layer: unknown, inputs: number, last: boolean): Layer | null {
  if (!isRecord(layer) || layer.activation !== (last ? 'softmax' : 'relu')) return null
  const { weights, biases } = layer
  if (!Array.isArray(biases) || !isNumbers(biases, last ? CLASSES : biases.length)) return null
  if (!Array.isArray(weights) || weights.length !== biases.length) return null
  if (!weights.every((row) => isNumbers(row, inputs))) return null
  return { relu: !last, weights: weights.map((row) => Float64Array.from(row)), biases }
}

/** The digit that the model names. Softmax keeps the order, so it is left out. */
export function digitOf(model: Model, image: Float64Array): number {
  let given: ArrayLike<number> = image
  for (const { relu, weights, biases } of model) {
    const input: ArrayLike<number> = given
    given = weights.map((row, output) => {
      const sum =
        row.reduce((total, weight, at) => total + weight * input[at]!, 0) + biases[output]!
      return relu ? Math.max(0, sum) : sum
    })
  }
  const scores = Array.from(given)
  return scores.indexOf(Math.max(...scores))
}
