// Columns with codes narrow a table together: up to four bits of words looked up in one pass.
import { type Axis, OTHER } from './axis.ts'
import { textCodes } from './codes.ts'
import {
  type Coded,
  type Left,
  Line,
  LOOK_AGAIN,
  type Masks,
  type Narrow,
  notKnown,
  ruledOutBy,
} from './line.ts'
import { NO, type Readers, YES } from './readers.ts'

/** Text by its code in the dictionary. */
function codedText({ column, classes }: Axis, masks: Masks, readers: Readers): Coded | null {
  const made = column.kind === 'ref' ? readers.column(column.name) : null
  if (made?.kind !== 'text') return null
  const other = classes.findIndex(({ one }) => one === OTHER)
  const of = new Map(classes.map(({ one }, nth) => [one as string, nth]))
  const ruledOut = Int32Array.from([...made.dictionary, null], (text) =>
    text === null ? LOOK_AGAIN : ruledOutBy(masks.of[of.get(text) ?? other] ?? 0),
  )
  return {
    codes: textCodes(made.values, made.dictionary.length),
    ruledOut,
    again: (left, at) => notKnown(left, at, masks),
  }
}

function codedFlags({ column }: Axis, masks: Masks, readers: Readers): Coded | null {
  const made = column.kind === 'ref' ? readers.column(column.name) : null
  if (made?.kind !== 'boolean') return null
  const ruledOut = new Int32Array(3).fill(LOOK_AGAIN)
  ruledOut[YES] = ruledOutBy(masks.of[0]!)
  ruledOut[NO] = ruledOutBy(masks.of[1]!)
  return { codes: made.values, ruledOut, again: (left, at) => notKnown(left, at, masks) }
}

function codedNumbers(axis: Axis, masks: Masks, readers: Readers): Coded | null {
  const { column } = axis
  const made = column.kind === 'ref' && readers.isTold(column) ? readers.column(column.name) : null
  if (made?.kind !== 'number' && made?.kind !== 'date') return null
  return new Line(axis, masks).coded(made.values, masks)
}

/** An axis that is a column with codes, or null. */
export function codedBy(axis: Axis, masks: Masks, readers: Readers): Coded | null {
  if (axis.column.type.kind === 'boolean') return codedFlags(axis, masks, readers)
  return axis.column.type.kind === 'text'
    ? codedText(axis, masks, readers)
    : codedNumbers(axis, masks, readers)
}

/**
 * Up to four axes in one pass: what any of them rules out is gone.
 * @param all the bits of all rows, where nothing is left yet that could be narrowed
 */
export function together(axes: readonly Coded[], all: number | null): Narrow {
  const [a, b, c, d] = [0, 1, 2, 3].map((nth) => axes[nth] ?? axes[0]!) as [
    Coded,
    Coded,
    Coded,
    Coded,
  ]
  const [codesA, codesB, codesC, codesD] = [a.codes, b.codes, c.codes, d.codes]
  const [outA, outB, outC, outD] = [a.ruledOut, b.ruledOut, c.ruledOut, d.ruledOut]
  const alone = (left: Left, at: number, nth: number) => {
    for (const { codes, ruledOut, again } of axes) {
      const out = ruledOut[codes[nth]!]!
      if (out < 0) again(left, at, nth)
      else left.possible[at]! &= ~out
    }
  }
  return (left, from, to) => {
    const { possible } = left
    for (let nth = from, at = 0; nth < to; nth++, at++) {
      const out =
        outA[codesA[nth]!]! | outB[codesB[nth]!]! | outC[codesC[nth]!]! | outD[codesD[nth]!]!
      const before = all === null ? possible[at]! : all
      possible[at] = before & ~out
      if (out < 0) {
        possible[at] = before
        alone(left, at, nth)
      }
    }
  }
}
