// What some tests need of the machine: they skip with a reason, or fail where it was required.

/**
 * The reason to skip a test, for its `skip` option; false where the need is met.
 * @param need a name that KAPOK_TEST_REQUIRE may list, separated by commas
 * @param how what to do to meet the need
 * @throws when the need is required and not met
 */
export function missing(need: string, met: boolean, how: string): string | false {
  if (met) return false
  const required = (process.env.KAPOK_TEST_REQUIRE ?? '').split(',')
  if (required.includes(need)) throw new Error(`KAPOK_TEST_REQUIRE lists ${need}: ${how}`)
  return `needs ${need}: ${how}`
}

/** For tests that change users or mounts. */
export const missingRoot = missing('root', process.geteuid?.() === 0, 'run the tests as root')
