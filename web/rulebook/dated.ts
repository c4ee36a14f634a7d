// Dated parameters in a draft: a new value from the first day on; what is in force is never edited.
import type { Citation, DatedParameter, ParameterDefinition } from '#engines/rules/definitions.ts'

type Values = readonly DatedParameter[]

const sorted = (values: Values): DatedParameter[] =>
  values.toSorted((a, b) => (a.from < b.from ? -1 : 1))

/** The value in force on a day. */
export const valueOn = (values: Values, day: string): DatedParameter | undefined =>
  values.find(({ from, to }) => from <= day && (to === null || day < to))

export interface NewValue {
  day: string
  value: string
  cite: Citation
}

/** Takes out a value that the draft had put in; what it had ended goes on. */
function without(values: Values, day: string): DatedParameter[] {
  const dropped = values.find(({ from }) => from === day)
  if (!dropped) return sorted(values)
  return sorted(values)
    .filter((one) => one !== dropped)
    .map((one) => (one.to === day ? { ...one, to: dropped.to } : one))
}

/**
 * A parameter with another value from a day on: the one in force until then ends there. Where that
 * value is the old one again, the parameter is as it was.
 */
export function withValue(
  parameter: ParameterDefinition,
  { day, value, cite }: NewValue,
): ParameterDefinition {
  const rest = without(parameter.values, day)
  const old = valueOn(rest, day)
  if (old && old.value === value) return { ...parameter, values: rest }
  if (old?.from === day) {
    return {
      ...parameter,
      values: rest.map((one) => (one === old ? { ...old, value, cite } : one)),
    }
  }
  const next = rest.find(({ from }) => from > day)
  const to = old ? old.to : (next?.from ?? null)
  const ended = rest.map((one) => (one === old ? { ...one, to: day } : one))
  return { ...parameter, values: sorted([...ended, { from: day, to, value, cite }]) }
}

/** The same change begins on another day: values that the draft put in move along. */
export function movedTo(
  parameter: ParameterDefinition,
  base: ParameterDefinition | undefined,
  from: string,
  day: string,
): ParameterDefinition {
  const mine = parameter.values.find((one) => one.from === from)
  const theirs = base?.values.some((one) => one.from === from)
  if (!mine || theirs || from === day) return parameter
  // Without a base the first value has nothing before it that could go on.
  const back = { ...parameter, values: without(parameter.values, from) }
  return withValue(back, { day, value: mine.value, cite: mine.cite })
}
