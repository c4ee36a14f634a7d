// The conditions under which a model is examined; each image is shown once in each of them.
import { hidden, moved, noisy, thickened } from './distort.ts'
import { SIDE } from './images.ts'

export interface Slice {
  name: string
  zh: string
  en: string
  distort(image: Float64Array, random: () => number): Float64Array
}

const DEGREE = Math.PI / 180
const DIRECTIONS: readonly [number, number][] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
]
const HIDDEN_SIDE = 3

const oneOf = <T>(list: readonly T[], random: () => number): T =>
  list[Math.floor(random() * list.length)]!

const turned = (degrees: number) => (image: Float64Array, random: () => number) =>
  moved(image, 0, 0, oneOf([degrees, -degrees], random) * DEGREE)

export const slices: readonly Slice[] = [
  { name: 'clean', zh: '原样', en: 'as they are', distort: (image) => image },
  {
    name: 'shifted',
    zh: '平移一个像素',
    en: 'moved by a pixel',
    distort: (image, random) => moved(image, ...oneOf(DIRECTIONS, random)),
  },
  { name: 'rotated-10', zh: '旋转 10°', en: 'turned by 10°', distort: turned(10) },
  { name: 'rotated-20', zh: '旋转 20°', en: 'turned by 20°', distort: turned(20) },
  {
    name: 'thick',
    zh: '笔画加粗',
    en: 'thicker strokes',
    distort: (image) => thickened(image, 0.5),
  },
  {
    name: 'noisy',
    zh: '噪声 0.1',
    en: 'noise of 0.1',
    distort: (image, random) => noisy(image, 0.1, random),
  },
  {
    name: 'very-noisy',
    zh: '噪声 0.3',
    en: 'noise of 0.3',
    distort: (image, random) => noisy(image, 0.3, random),
  },
  {
    name: 'hidden',
    zh: '遮挡 3 × 3 像素',
    en: '3 × 3 pixels hidden',
    distort: (image, random) => {
      const corner = () => Math.floor(random() * (SIDE - HIDDEN_SIDE + 1))
      return hidden(image, corner(), corner(), HIDDEN_SIDE)
    },
  },
]
