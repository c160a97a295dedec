import type { Detector, FittedDetector, Matrix } from './types.ts';

const BINS = 10;

interface Histograms {
  /** [d] lower edge and bins per unit; 0 bins per unit marks a constant feature, which says nothing. */
  readonly low: Float64Array;
  readonly perUnit: Float64Array;
  /** [d, BINS + 1] cost in nats of falling into each bin, the last for values outside the fitted range. */
  readonly cost: Float64Array;
}

function fitHistograms(x: Matrix): Histograms {
  const { values, rows, columns: d } = x;
  const low = new Float64Array(d).fill(Infinity), high = new Float64Array(d).fill(-Infinity), perUnit = new Float64Array(d);
  for (let i = 0; i < rows * d; i++) {
    const j = i % d, value = values[i]!;
    if (value < low[j]!) low[j] = value;
    if (value > high[j]!) high[j] = value;
  }
  for (let j = 0; j < d; j++) perUnit[j] = high[j]! > low[j]! ? BINS / (high[j]! - low[j]!) : 0;
  const counts = new Float64Array(d * (BINS + 1));
  for (let i = 0; i < rows * d; i++) {
    const j = i % d;
    counts[j * (BINS + 1) + Math.min(BINS - 1, Math.floor((values[i]! - low[j]!) * perUnit[j]!))]!++;
  }
  const cost = counts.map((count) => -Math.log((count + 0.5) / (rows + BINS / 2)));
  return { low, perUnit, cost };
}

function scoreRows(histograms: Histograms, x: Matrix): Float64Array {
  const { low, perUnit, cost } = histograms, d = x.columns;
  const scores = new Float64Array(x.rows);
  for (let row = 0; row < x.rows; row++) {
    let total = 0;
    for (let j = 0; j < d; j++) {
      if (perUnit[j] === 0) continue;
      const at = (x.values[row * d + j]! - low[j]!) * perUnit[j]!;
      // The largest fitted value lies on the last edge and belongs to the last bin.
      const bin = at < 0 || at > BINS * (1 + 1e-9) ? BINS : Math.min(BINS - 1, Math.floor(at));
      total += cost[j * (BINS + 1) + bin]!;
    }
    scores[row] = total;
  }
  return scores;
}

/**
 * Histogram-based outlier score: the negative log of the product of ten-bin histograms, one a feature, in nats.
 * M. Goldstein and A. Dengel, "Histogram-based outlier score (HBOS)", KI 2012.
 */
export const histogramScore: Detector = {
  name: 'hbos',
  fit(x: Matrix): FittedDetector {
    const histograms = fitHistograms(x);
    return { score: (rows) => scoreRows(histograms, rows) };
  },
};
