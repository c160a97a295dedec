import type { Grouping } from '../table.ts';

export interface GroupThresholds {
  /** [groups] a row is decided positively when its score is at least its group's. */
  readonly thresholds: Float64Array;
  /** Groups that keep the common threshold, since their rows cannot tell another. */
  readonly kept: readonly string[];
}

export interface ThresholdInput {
  readonly grouping: Grouping;
  /** [n] */
  readonly score: Float64Array;
  /** [n] 1 or 0 for the rows named */
  readonly labels: Uint8Array;
  /** The rows that thresholds are chosen on. */
  readonly rows: Uint32Array;
  /** The common threshold; what it gives over all groups is what each group is brought to. */
  readonly threshold: number;
}

/** Cut between two rows of a group in order of falling score: the first `taken` of them are decided positively. */
interface Cut {
  readonly threshold: number;
  readonly taken: number;
  /** Of those taken, the rows whose label is positive. */
  readonly hits: number;
}

/** Thresholds under which every group has, as nearly as its rows allow, the selection rate that the common threshold gives over all. */
export function equalSelection(input: ThresholdInput): GroupThresholds {
  const { score, rows, threshold } = input;
  const target = rows.reduce((sum, row) => sum + Number(score[row]! >= threshold), 0) / Math.max(1, rows.length);
  return choose(input, (own) => (own.length === 0 ? null : ({ taken }) => Math.abs(taken / own.length - target)));
}

/**
 * Thresholds under which every group comes, in the larger of both distances, nearest to the true and false positive rates that the
 * common threshold gives over all. Equalised odds without a lottery: Hardt, Price and Srebro (2016) reach them exactly by deciding
 * some rows at random.
 */
export function nearestOdds(input: ThresholdInput): GroupThresholds {
  const { score, rows, labels, threshold } = input;
  const rate = (label: number): number => {
    const own = rows.filter((row) => labels[row] === label);
    return own.reduce((sum, row) => sum + Number(score[row]! >= threshold), 0) / Math.max(1, own.length);
  };
  const tpr = rate(1), fpr = rate(0);
  return choose(input, (own) => {
    const positives = own.reduce((sum, row) => sum + labels[row]!, 0), negatives = own.length - positives;
    if (positives === 0 || negatives === 0) return null;
    return ({ taken, hits }) => Math.max(Math.abs(hits / positives - tpr), Math.abs((taken - hits) / negatives - fpr));
  });
}

/** The cut of each group with the least distance, with the fewest mistakes among equals. */
function choose({ grouping, score, labels, rows, threshold }: ThresholdInput, distanceOf: (own: Uint32Array) => ((cut: Cut) => number) | null): GroupThresholds {
  const kept: string[] = [];
  const thresholds = Float64Array.from(grouping.levels, (level, group) => {
    const own = rows.filter((row) => grouping.codes[row] === group), distance = distanceOf(own);
    if (distance === null) {
      kept.push(level);
      return threshold;
    }
    let best = Infinity, fewest = Infinity, chosen = threshold;
    for (const cut of cuts(own, score, labels)) {
      const away = distance(cut), mistakes = cut.taken - 2 * cut.hits;
      if (away > best + 1e-12 || (away > best - 1e-12 && mistakes >= fewest)) continue;
      best = away;
      fewest = mistakes;
      chosen = cut.threshold;
    }
    return chosen;
  });
  return { thresholds, kept };
}

function* cuts(own: Uint32Array, score: Float64Array, labels: Uint8Array): Generator<Cut> {
  const order = own.toSorted((a, b) => score[b]! - score[a]! || a - b);
  let hits = 0;
  // Above every score in [0, 1], and finite.
  yield { threshold: 2, taken: 0, hits };
  for (let i = 0; i < order.length; i++) {
    hits += labels[order[i]!]!;
    const here = score[order[i]!]!, next = i + 1 < order.length ? score[order[i + 1]!]! : 0;
    if (here !== next || i + 1 === order.length) yield { threshold: (here + next) / 2, taken: i + 1, hits };
  }
}
