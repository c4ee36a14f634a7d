// The language: what expressions amount to, and that no null comes without a reason.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { builtIns, momentOf } from './builtins/index.ts'
import { civilFrom, daysFrom, weekdayOf } from './calendar.ts'
import { compile, compileTests } from './compile.ts'
import { FeelError } from './error.ts'
import { Names } from './names.ts'
import { equal } from './operators.ts'
import { parseExpression, parseTests } from './parser.ts'
import { printed } from './print.ts'
import { Scope } from './scope.ts'
import { Context, Decimal, isNull, number, type Value } from './values.ts'

const functions = builtIns(() => momentOf(Date.UTC(2026, 10, 27, 4)))

function evaluate(text: string, given: Record<string, Value> = {}): Value {
  const names = new Names([...functions.keys(), ...Object.keys(given)])
  const scope = new Scope(functions).with(new Map(Object.entries(given)))
  return compile(parseExpression(text, names))(scope)
}

const is = (text: string, expected: string, given: Record<string, Value> = {}) =>
  assert.equal(printed(evaluate(text, given)), expected, text)

test('numbers are exact, and half goes to even', () => {
  is('0.1 + 0.2 = 0.3', 'true')
  is('12345678901234567890 + 1', '12345678901234567891')
  is('1 / 3', '0.3333333333333333333333333333333333')
  is('decimal(2.5, 0)', '2')
  is('round half up(2.5, 0)', '3')
  is('-2 ** 2', '4')
  is('modulo(-12, 5)', '3')
})

test('names may be Chinese, hold spaces and signs, and the longest known one counts', () => {
  const firm = new Context([['研发占比', number('0.05')]])
  is('企业.研发占比 >= 0.05', 'true', { 企业: firm })
  is('loan amount * 2', '20', { 'loan amount': number(10), loan: number(1) })
  is('a-b + 1', '6', { 'a-b': number(5), a: number(9), b: number(8) })
  is('a - b', '1', { a: number(9), b: number(8) })
})

test('logic has three values, and precedence is that of the standard', () => {
  is('true or null', 'true')
  is('false and "x"', 'false')
  is('null and true', 'null')
  is('b in [1..5] and c >= 0.1', 'true', { b: number(3), c: number('0.1') })
  is('5 between 1 and 10 and false', 'false')
  is('if "x" = 1 then 1 else 2', '2')
})

test('lists, filters, iterations and contexts', () => {
  is('[1, 2, 3, 4][item > 2]', '[3, 4]')
  is('[1, 2, 3][-1]', '3')
  is('[{a: 1, b: 2}, {a: 3, b: 4}][a = 3].b', '[4]')
  is('for i in 1..3, j in [10, 20] return i * j', '[10, 20, 20, 40, 30, 60]')
  is('for i in 0..4 return if i = 0 then 1 else i * partial[-1]', '[1, 1, 2, 6, 24]')
  is('some x in [1, 2] satisfies x > 1', 'true')
  is('{a: 1, b: a + 1}.b', '2')
  is('sort(list: [3, 1, 2], precedes: function(x, y) x < y)', '[1, 2, 3]')
  is('(function(a: number, b) a + b)(1, 2)', '3')
})

test('dates, times and durations', () => {
  is('date("2024-02-29") + duration("P1Y")', '2025-02-28')
  is('date and time("2026-11-27T23:00:00") + duration("PT2H")', '2026-11-28T01:00:00')
  is('(date("2026-12-01") - date("2026-11-27")).days', '4')
  is('duration("P1Y") * 1.5', 'P1Y6M')
  is('time("10:00:00+08:00") = time("02:00:00Z")', 'true')
  is('years and months duration(date("2024-12-24"), date("2025-12-23"))', 'P11M')
  is('day of week(date("2026-11-27"))', 'Friday')
  is('date("2026-02-30")', 'null')
  is('today()', '2026-11-27')
})

test('a cell: ranges, lists, negation, and what is tested under its own name', () => {
  const passes = (cell: string, value: Value) => {
    const names = new Names(functions.keys())
    return compileTests(parseTests(cell, names))(value, new Scope(functions))
  }
  assert.equal(passes('-', number(1)), true)
  assert.equal(passes('< 5', number(4)), true)
  assert.equal(passes('[1..5)', number(5)), false)
  assert.equal(passes('"深圳", "广州"', '广州'), true)
  assert.equal(passes('not("深圳", "广州")', '珠海'), true)
  assert.equal(passes('? > 3 and ? < 5', number(4)), true)
  assert.equal(passes('< 5', 'x'), null)
  assert.equal(passes('not(< 5)', 'x'), null)
})

test('what cannot be read is refused with its place, however it is broken', () => {
  const wrong = (text: string) => {
    try {
      parseExpression(text, new Names(functions.keys()))
      return null
    } catch (error) {
      assert.ok(error instanceof FeelError, String(error))
      return [error.code, error.at]
    }
  }
  assert.deepEqual(wrong('1 +'), ['unexpected', 3])
  assert.deepEqual(wrong('"abc'), ['unclosed-string', 0])
  assert.deepEqual(wrong('1 # 2'), ['unknown-character', 2])
  assert.deepEqual(wrong('('.repeat(1_000)), ['too-deep', 200])
  assert.equal(wrong(`1${'+1'.repeat(100_000)}`)?.[0], 'too-deep')
  assert.equal(wrong('x in ('.repeat(150))?.[0], 'too-deep')
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'(1+[]{}"a .,:-in') }), (text) => {
      wrong(text)
    }),
    { numRuns: 2_000 },
  )
})

test('nothing is null without a reason', () => {
  const nulls = [
    '1 + "a"',
    'null',
    'unknown',
    '[1][5]',
    'sqrt(-1)',
    '1 / 0',
    'date("x")',
    '1 < "a"',
  ]
  for (const text of nulls) {
    const value = evaluate(text)
    assert.ok(isNull(value) && value.reason.length > 0, text)
  }
})

test('what is printed is read again as the same', () => {
  const value: fc.Arbitrary<Value> = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.integer().map((n) => number(n)),
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => number(n).div(1_000)),
      fc.boolean(),
      fc.string({ unit: fc.constantFrom(...'abc企业 ",:{}[]') }),
      fc.array(tie('any') as fc.Arbitrary<Value>, { maxLength: 4 }),
      fc
        .dictionary(fc.constantFrom('a', '企业', 'x y'), tie('any') as fc.Arbitrary<Value>)
        .map((entries) => new Context(Object.entries(entries))),
    ),
  })).any as fc.Arbitrary<Value>
  fc.assert(
    fc.property(
      fc.array(value).map((items) => items as Value),
      (one) => assert.equal(equal(evaluate(printed(one)), one), true, printed(one)),
    ),
    { numRuns: 500 },
  )
})

test('arithmetic on numbers is that of integers scaled, wherever these are exact', () => {
  const cents = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n })
  fc.assert(
    fc.property(cents, cents, (a, b) => {
      const [x, y] = [a, b].map((one) => new Decimal(one.toString()).div(100))
      assert.equal(
        evaluate('x + y', { x: x!, y: y! }).toString(),
        new Decimal(`${a + b}`).div(100).toString(),
      )
      assert.equal(
        evaluate('x * y', { x: x!, y: y! }).toString(),
        new Decimal(`${a * b}`).div(10_000).toString(),
      )
    }),
  )
})

test('the calendar agrees with that of the machine for 8,000 years, and with itself for all', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2_500_000, max: 500_000 }), (days) => {
      const at = new Date(days * 86_400_000)
      const civil = { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() }
      assert.deepEqual(civilFrom(days), civil)
      assert.equal(daysFrom(civil), days)
      assert.equal(weekdayOf(days), at.getUTCDay() || 7)
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(fc.integer({ min: -365_000_000_000, max: 365_000_000_000 }), (days) => {
      assert.equal(daysFrom(civilFrom(days)), days)
    }),
  )
})
