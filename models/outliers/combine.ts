import { ascendingOrder } from '../stats/ranks.ts';
import { spearman } from '../stats/spearman.ts';
import { FEWEST_ROWS } from './bulk-quantiles.ts';
import { fitSurprise } from './surprise.ts';
import type { DetectorSummary } from './types.ts';

/** One detector's score of every row. */
export interface DetectorScores {
  readonly name: string;
  readonly scores: Float64Array;
  /** [n] Parts of the rows within each of which ranks are taken: a network scores the rows that it was fitted to too low. */
  readonly parts?: Uint8Array;
}

export interface Combination {
  /** [n] weighted mean of the detectors' surprises, in nats. */
  readonly score: Float64Array;
  /** The same of other rows: their scores by each detector that was given, in any order. */
  readonly scoreOf: (scores: readonly DetectorScores[]) => Float64Array;
  readonly detectors: readonly DetectorSummary[];
  readonly notes: readonly string[];
}

type SurpriseOf = (scores: Float64Array, parts: Uint8Array | undefined) => Float64Array;

interface Surprise {
  readonly name: string;
  readonly of: SurpriseOf;
  readonly all: Float64Array;
  readonly fitted: Float64Array;
}

/** Under this rank correlation on all rows, or under this mean rank of the forest's strangest rows, neighbours vouch for outliers. */
const MASKING_CORRELATION = -0.2;
const MASKING_RANK = 0.5;

function pick(values: Float64Array, rows: Uint32Array | null): Float64Array {
  return rows === null ? values : Float64Array.from(rows, (row) => values[row]!);
}

/** Surprises against the fitted rows, or within each part when every part has rows enough to fit. */
function fitSurprises({ scores, parts }: DetectorScores, rows: Uint32Array | null): SurpriseOf {
  const numbers = [...new Set(parts ?? [])], members = numbers.map((part) => scores.filter((_, row) => parts![row] === part));
  if (rows !== null || members.length < 2 || members.some((own) => own.length < FEWEST_ROWS)) {
    const surprise = fitSurprise(pick(scores, rows));
    return (values) => values.map(surprise);
  }
  const fits = new Map(numbers.map((part, i) => [part, fitSurprise(members[i]!)])), [first] = fits.values();
  // A part that no fitted row is in is read like the first.
  return (values, partOf) => values.map((score, row) => (fits.get(partOf![row]!) ?? first!)(score));
}

function sumOf(surprises: readonly Float64Array[], weights?: readonly number[]): Float64Array {
  const total = new Float64Array(surprises[0]?.length ?? 0);
  for (const [k, values] of surprises.entries()) {
    const weight = weights?.[k] ?? 1;
    for (let i = 0; i < total.length; i++) total[i]! += weight * values[i]!;
  }
  return total;
}

/** Detectors that measure one thing twice agree whatever the data: they have one vote. */
const FAMILIES: readonly (readonly string[])[] = [['knn', 'knn_wide'], ['latent', 'kl']];

function familyOf(name: string): string {
  return FAMILIES.find((family) => family.includes(name))?.[0] ?? name;
}

/** Number of the detectors of each one's family. */
function familySizes(surprises: readonly Surprise[]): number[] {
  return surprises.map((own) => surprises.filter((other) => familyOf(other.name) === familyOf(own.name)).length);
}

/** Rank correlation of each with the sum of the other families' means; with the rest of its family where there is no other. */
function agreements(surprises: readonly Surprise[]): number[] {
  const sizes = familySizes(surprises);
  return surprises.map((own) => {
    const outside = surprises.map((_, k) => k).filter((k) => familyOf(surprises[k]!.name) !== familyOf(own.name));
    const others = outside.length > 0 ? outside : surprises.map((_, k) => k).filter((k) => surprises[k] !== own);
    return others.length === 0 ? 1 : spearman(own.fitted, sumOf(others.map((k) => surprises[k]!.fitted), others.map((k) => 1 / sizes[k]!))) ?? 0;
  });
}

/** Takes out, one at a time, the detector that contradicts the others most. Of two that contradict each other neither can be told wrong. */
function dropContradicting(surprises: readonly Surprise[]): { kept: readonly Surprise[]; agreement: readonly number[]; dropped: DetectorSummary[] } {
  let kept = surprises, agreement = agreements(kept);
  const dropped: DetectorSummary[] = [];
  while (kept.length > 2) {
    const worst = agreement.indexOf(Math.min(...agreement));
    if (agreement[worst]! >= 0) break;
    dropped.push({ name: kept[worst]!.name, weight: 0, agreement: agreement[worst]!, note: 'left out: it contradicts the other detectors' });
    kept = kept.filter((_, k) => k !== worst);
    agreement = agreements(kept);
  }
  return { kept, agreement, dropped };
}

/** Position of the last of ascending values that is no larger. */
function lastUpTo(sorted: Float64Array, value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A tight far group has near neighbours of its own, so that neighbour distances call it ordinary while isolation is easy. */
export function maskingNote(forest: Float64Array, neighbours: Float64Array): string | null {
  const correlation = spearman(forest, neighbours) ?? 0;
  const n = forest.length, order = ascendingOrder(forest.map((value) => -value));
  const top = order.subarray(0, Math.max(1, Math.ceil(0.01 * n))), sorted = Float64Array.from(neighbours).sort();
  let rank = 0;
  for (const row of top) rank += lastUpTo(sorted, neighbours[row]!) / n / top.length;
  if (correlation > MASKING_CORRELATION && rank > MASKING_RANK) return null;
  return `Isolation forest and nearest neighbours disagree (rank correlation ${correlation.toFixed(2)}; the forest's strangest 1 % of rows rank at ${rank.toFixed(2)} `
    + 'by their neighbours): outliers may form tight groups that vouch for each other. Look at the top rows for near copies.';
}

/**
 * Combines detectors without labels: each score becomes a surprise −ln(1 − rank) in nats (`fitSurprise`), which stresses high ranks, and
 * the mean is weighed by each detector's rank correlation with those of other families, one vote a family. A detector that contradicts the rest is left out.
 * @param fittedRows the rows against which ranks are taken; null for all
 * @throws RangeError when no detector gave finite scores
 */
export function combine(given: readonly DetectorScores[], fittedRows: Uint32Array | null): Combination {
  const usable = given.filter(({ scores }) => scores.every(Number.isFinite));
  if (usable.length === 0) throw new RangeError('no detector gave finite scores');
  const unusable = given.filter((each) => !usable.includes(each))
    .map(({ name }): DetectorSummary => ({ name, weight: 0, agreement: 0, note: 'left out: not all of its scores are finite numbers' }));
  const surprises = usable.map((each): Surprise => {
    const of = fitSurprises(each, fittedRows), all = of(each.scores, each.parts);
    return { name: each.name, of, all, fitted: pick(all, fittedRows) };
  });
  const { kept, agreement, dropped } = dropContradicting(surprises), sizes = familySizes(kept), floor = kept.map((_, k) => Math.max(0, agreement[k]!) / sizes[k]!);
  const total = floor.reduce((sum, value) => sum + value, 0);
  const weights = floor.map((value) => (total > 0 ? value / total : 1 / kept.length));
  const forest = surprises.find(({ name }) => name === 'iforest'), neighbours = surprises.find(({ name }) => name === 'knn');
  const masking = forest === undefined || neighbours === undefined ? null : maskingNote(forest.fitted, neighbours.fitted);
  return {
    score: sumOf(kept.map(({ all }) => all), weights),
    scoreOf: (others) => sumOf(kept.map(({ name, of }) => {
      const own = others.find((each) => each.name === name)!;
      return of(own.scores, own.parts);
    }), weights),
    detectors: [...kept.map(({ name }, k) => ({ name, weight: weights[k]!, agreement: agreement[k]!, note: null })), ...dropped, ...unusable],
    notes: masking === null ? [] : [masking],
  };
}
