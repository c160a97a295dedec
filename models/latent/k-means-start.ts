import type { RandomStream } from '../engine/random.ts';
import type { Points } from './points.ts';

const LLOYD_STEPS = 12;

function squaredDistance(z: Points, row: number, centres: Float64Array, k: number): number {
  const d = z.dimensions;
  let sum = 0;
  for (let j = 0; j < d; j++) sum += (z.values[row * d + j]! - centres[k * d + j]!) ** 2;
  return sum;
}

/** Index drawn with probability proportional to `mass`; uniform when all mass is 0. */
function draw(mass: Float64Array, random: RandomStream): number {
  let total = 0;
  for (const value of mass) total += value;
  if (!(total > 0)) return random.integer(mass.length);
  let rest = random.uniform() * total;
  for (let i = 0; i < mass.length; i++) {
    rest -= mass[i]!;
    if (rest <= 0) return i;
  }
  return mass.length - 1;
}

/** k-means++ (Arthur and Vassilvitskii 2007): each next centre is a row drawn by its squared distance to the nearest one. [K, d]. */
function spreadCentres(z: Points, components: number, random: RandomStream): Float64Array {
  const d = z.dimensions, centres = new Float64Array(components * d);
  const nearest = new Float64Array(z.rows).fill(Infinity);
  let chosen = random.integer(z.rows);
  for (let k = 0; k < components; k++) {
    centres.set(z.values.subarray(chosen * d, (chosen + 1) * d), k * d);
    for (let row = 0; row < z.rows; row++) nearest[row] = Math.min(nearest[row]!, squaredDistance(z, row, centres, k));
    chosen = draw(nearest, random);
  }
  return centres;
}

/** Assigns rows to their nearest centre; returns the sum of squared distances. */
function assign(z: Points, centres: Float64Array, components: number, labels: Int32Array): number {
  let inertia = 0;
  for (let row = 0; row < z.rows; row++) {
    let best = Infinity;
    for (let k = 0; k < components; k++) {
      const distance = squaredDistance(z, row, centres, k);
      if (distance < best) {
        best = distance;
        labels[row] = k;
      }
    }
    inertia += best;
  }
  return inertia;
}

/** Moves each centre to the mean of its rows; one without rows stays. */
function moveCentres(z: Points, centres: Float64Array, components: number, labels: Int32Array): void {
  const d = z.dimensions, sums = new Float64Array(components * d), counts = new Float64Array(components);
  for (let row = 0; row < z.rows; row++) {
    const k = labels[row]!;
    counts[k]!++;
    for (let j = 0; j < d; j++) sums[k * d + j]! += z.values[row * d + j]!;
  }
  for (let i = 0; i < sums.length; i++) {
    const count = counts[Math.floor(i / d)]!;
    if (count > 0) centres[i] = sums[i]! / count;
  }
}

/** The cluster of every row, [n] in 0…components−1: the best of `starts` k-means++ starts after a few of Lloyd's steps. */
export function kMeansLabels(z: Points, components: number, random: RandomStream, starts = 2): Int32Array {
  let best = Infinity, kept = new Int32Array(z.rows);
  for (let start = 0; start < starts; start++) {
    const centres = spreadCentres(z, components, random), labels = new Int32Array(z.rows);
    let inertia = assign(z, centres, components, labels);
    for (let step = 0; step < LLOYD_STEPS; step++) {
      moveCentres(z, centres, components, labels);
      const next = assign(z, centres, components, labels);
      if (next > inertia * (1 - 1e-4)) break;
      inertia = next;
    }
    if (inertia >= best) continue;
    best = inertia;
    kept = labels;
  }
  return kept;
}
