/** What benchmarks do with times. */
export const secondsSince = (started: number): number => (Date.now() - started) / 1000

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? 0
