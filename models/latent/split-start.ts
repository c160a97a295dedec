import { type Mixture, mixtureKernel, rowLogDensity } from './mixture.ts';
import { addRow, emptyMoments, maximise } from './mixture-moments.ts';
import type { Points } from './points.ts';
import { splitHistogram } from './split-histogram.ts';

const BINS = 64;
/** Standard deviations on either side of a component's mean that the histograms cover. */
const REACH = 4;
const CENTRES = Float64Array.from({ length: BINS }, (_, bin) => ((bin + 0.5) / BINS) * 2 * REACH - REACH);
/** Responsibilities under this change no histogram. */
const NEGLIGIBLE = 1e-3;

function binOf(value: number): number {
  return Math.max(0, Math.min(BINS - 1, Math.floor(((value + REACH) / (2 * REACH)) * BINS)));
}

/** Calls `visit` with every row's responsibilities. */
function forEachRow(mixture: Mixture, z: Points, visit: (offset: number, shares: Float64Array) => void): void {
  const kernel = mixtureKernel(mixture), shares = new Float64Array(mixture.weights.length);
  for (let row = 0; row < z.rows; row++) {
    rowLogDensity(kernel, z.dimensions, z.values, row * z.dimensions, shares);
    visit(row * z.dimensions, shares);
  }
}

/** Histograms of each component's rows along each dimension, in its own standard deviations: [K, d, BINS]. */
function componentHistograms(mixture: Mixture, z: Points): Float64Array {
  const { weights, means, covariances } = mixture, d = z.dimensions, counts = new Float64Array(weights.length * d * BINS);
  const scales = means.map((_, at) => 1 / Math.sqrt(covariances[at * d + (at % d)]!));
  forEachRow(mixture, z, (offset, shares) => {
    for (let k = 0; k < shares.length; k++) {
      if (shares[k]! < NEGLIGIBLE) continue;
      for (let at = k * d; at < (k + 1) * d; at++) counts[at * BINS + binOf((z.values[offset + (at % d)]! - means[at]!) * scales[at]!)]! += shares[k]!;
    }
  });
  return counts;
}

/**
 * A start for EM with one component more: the component that two normals describe better than one along some dimension, by the
 * largest gain, is split there; the others stay. A small cluster that shares most dimensions with a large one is found so, where
 * distances (k-means++) are drowned by the other dimensions.
 */
export function splitStart(z: Points, mixture: Mixture, ridge: Float64Array): Mixture {
  const d = z.dimensions, components = mixture.weights.length, histograms = componentHistograms(mixture, z);
  let best = 0, split = splitHistogram(histograms.subarray(0, BINS), CENTRES);
  for (let at = 1; at < components * d; at++) {
    const next = splitHistogram(histograms.subarray(at * BINS, (at + 1) * BINS), CENTRES);
    if (next.gain <= split.gain) continue;
    best = at;
    split = next;
  }
  const k = Math.floor(best / d), j = best % d, scale = Math.sqrt(mixture.covariances[best * d + j]!);
  const moments = emptyMoments(components + 1, d);
  forEachRow(mixture, z, (offset, shares) => {
    for (let i = 0; i < components; i++) {
      const share = shares[i]!;
      if (share < NEGLIGIBLE) continue;
      const second = i === k ? split.second[binOf((z.values[offset + j]! - mixture.means[best]!) / scale)]! : 0;
      addRow(moments, i, share * (1 - second), z.values, offset, d);
      if (second > 0) addRow(moments, components, share * second, z.values, offset, d);
    }
  });
  return maximise(moments, z.rows, d, ridge);
}
