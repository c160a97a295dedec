import { randomStream, type RandomStream } from '../../models/engine/random.ts';

/** Draws for one generated data set; every set has streams of its own, so that none changes another. */
export interface Draws {
  /** True with that probability. */
  yes(probability: number): boolean;
  /** One of the values, by their shares, which sum to 1. */
  one<T>(values: readonly (readonly [value: T, share: number])[]): T;
  normal(mean: number, deviation: number): number;
  between(low: number, high: number): number;
}

export function drawsOf(name: string): Draws {
  const stream: RandomStream = randomStream(1994, `sample/${name}`);
  return {
    yes: (probability) => stream.uniform() < probability,
    one: (values) => {
      let rest = stream.uniform();
      for (const [value, share] of values) if ((rest -= share) < 0) return value;
      return values.at(-1)![0];
    },
    normal: (mean, deviation) => mean + deviation * stream.normal(),
    between: (low, high) => low + (high - low) * stream.uniform(),
  };
}

export type Row = Readonly<Record<string, string | number>>;

/** The rows as CSV text; the values of generated sets need no quotes. */
export function csvOf(rows: readonly Row[]): string {
  const names = Object.keys(rows[0]!);
  return `${[names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n')}\n`;
}

/** The value within bounds, rounded to a number of decimals. */
export function rounded(value: number, decimals: number, low = -Infinity, high = Infinity): number {
  return Number(Math.min(high, Math.max(low, value)).toFixed(decimals));
}

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
