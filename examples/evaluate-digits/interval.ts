// Between which shares the true one lies, given how many of how many were right.

/** Quantile of the standard normal distribution for a two-sided interval of 95 %. */
const Z = 1.959963984540054

/** Wilson's score interval at 95 %; bounds are shares in [0, 1]. Of nothing, nothing is known. */
export function wilson(right: number, all: number): { low: number; high: number } {
  if (all === 0) return { low: 0, high: 1 }
  const share = right / all
  const spread = Z ** 2 / all
  const centre = (share + spread / 2) / (1 + spread)
  const half = (Z * Math.sqrt((share * (1 - share)) / all + spread / (4 * all))) / (1 + spread)
  // Exact at the ends, where rounding would leave a trace.
  return {
    low: right === 0 ? 0 : centre - half,
    high: right === all ? 1 : centre + half,
  }
}
