/** `count` numbers evenly from `start` to `stop`, both included; as NumPy rounds them. */
export function linspace(start: number, stop: number, count: number): number[] {
  const step = (stop - start) / (count - 1);
  return Array.from({ length: count }, (_, k) => (k === count - 1 ? stop : k * step + start));
}

/**
 * Index of the time nearest to each target; of two as near, the earlier.
 *
 * @param times rising, at least two
 */
export function nearest(times: readonly number[], targets: readonly number[]): number[] {
  return targets.map((target) => {
    const after = Math.min(times.length - 1, Math.max(1, firstFrom(times, target)));
    const before = target - (times[after - 1] ?? 0) <= (times[after] ?? 0) - target;
    return before ? after - 1 : after;
  });
}

/** Index of the first time that is not before `target`; their count if there is none. */
function firstFrom(times: readonly number[], target: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Rising indices, moved as little as makes them strictly rise within 0 to `count` - 1: least squares, as the worker
 * has it. What rises strictly, less its order, does not fall.
 */
export function distinct(indices: readonly number[], count: number): number[] {
  const fitted = unfalling(indices.map((index, order) => index - order));
  return fitted.map((value, order) => {
    const moved = Math.min(count - indices.length, Math.max(0, roundHalfEven(value)));
    return moved + order;
  });
}

/** The nearest values, in the sense of least squares, that do not fall: pools of neighbours take their mean. */
function unfalling(values: readonly number[]): number[] {
  const pools: { sum: number; size: number }[] = [];
  for (const value of values) {
    let pool = { sum: value, size: 1 };
    for (let last = pools.at(-1); last && last.sum * pool.size >= pool.sum * last.size; last = pools.at(-1)) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, size: last.size + pool.size };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, size }) => Array.from({ length: size }, () => sum / size));
}

/** Of two whole numbers as near, the even one: NumPy's way. */
function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const over = value - down;
  if (over !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}
