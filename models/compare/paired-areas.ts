import type { ScoredRows } from '../fairness/auroc-by-group.ts';
import type { RowMatch } from './match-rows.ts';
import type { RateChange } from './paired-rates.ts';

/** Areas of all groups in one audit, and what each row brings to its group's. */
export interface PlacedAreas {
  /** [n] (placement − area)/(rows of its label in the group); NaN for rows that do not count. */
  readonly influence: Float64Array;
  readonly groups: readonly { readonly positives: number; readonly negatives: number; readonly area: number; readonly variance: number }[];
}

/** Fills in the placements of one group's rows, ascending by score: of a positive the share of negatives below it, of a negative that of positives above; ties count half. */
function place(rows: Uint32Array, { scores, labels }: ScoredRows, influence: Float64Array): PlacedAreas['groups'][number] {
  const positives = rows.reduce((sum, row) => sum + labels[row]!, 0), negatives = rows.length - positives;
  if (positives === 0 || negatives === 0) return { positives, negatives, area: Number.NaN, variance: Number.NaN };
  let positivesBelow = 0, negativesBelow = 0, area = 0;
  for (let start = 0; start < rows.length;) {
    let end = start, here = 0;
    while (end < rows.length && scores[rows[end]!] === scores[rows[start]!]) here += labels[rows[end++]!]!;
    const negativesHere = end - start - here, above = (positives - positivesBelow - here / 2) / positives, below = (negativesBelow + negativesHere / 2) / negatives;
    for (let i = start; i < end; i++) influence[rows[i]!] = labels[rows[i]!] === 1 ? below : above;
    area += (here * below) / positives;
    positivesBelow += here;
    negativesBelow += negativesHere;
    start = end;
  }
  let squares = 0;
  for (const row of rows) {
    const [size, least] = labels[row] === 1 ? [positives, positives - 1] : [negatives, negatives - 1], deviation = influence[row]! - area;
    influence[row] = deviation / size;
    squares += deviation ** 2 / size / least;
  }
  return { positives, negatives, area, variance: floored(positives, negatives, area, Math.min(positives, negatives) < 2 ? 0.25 : squares) };
}

/** At least A(1 − A)/(4·min(n₊, n₋)) with A drawn in by half a pair, as the audit's own: DeLong's variance vanishes where the classes separate. */
function floored(positives: number, negatives: number, area: number, variance: number): number {
  const pairs = positives * negatives, drawnIn = (area * pairs + 0.5) / (pairs + 1);
  return Math.max(variance, (drawnIn * (1 - drawnIn)) / (4 * Math.min(positives, negatives)));
}

export function placeAreas(rows: ScoredRows): PlacedAreas {
  const { ranked, codes, groups } = rows, influence = new Float64Array(codes.length).fill(Number.NaN), sizes = new Uint32Array(groups);
  for (const row of ranked) if (codes[row]! < groups) sizes[codes[row]!]!++;
  const filled = new Uint32Array(groups), byGroup = Array.from(sizes, (size) => new Uint32Array(size));
  for (const row of ranked) if (codes[row]! < groups) byGroup[codes[row]!]![filled[codes[row]!]!++] = row;
  return { influence, groups: byGroup.map((each) => place(each, rows, influence)) };
}

const KINDS = 4;

/**
 * Changes of the area under each group's ROC curve between two audits, with DeLong's covariance (DeLong, DeLong and Clarke-Pearson 1988) over
 * the rows that count in both: where all do it is theirs, where some do the others add none. A row may have another label in the second.
 * @param first codes number the same groups in both; rows beyond them do not count
 * @returns by group; null where an audit has no row of one of the labels
 */
export function areaChanges(first: ScoredRows, second: ScoredRows, match: RowMatch): readonly (RateChange | null)[] {
  const a = placeAreas(first), b = placeAreas(second), groups = a.groups.length;
  const product = new Float64Array(groups * KINDS), both = new Float64Array(groups * KINDS), alike = new Uint8Array(groups).fill(1);
  for (let k = 0; k < match.first.length; k++) {
    const i = match.first[k]!, j = match.second[k]!, u = a.influence[i]!, v = b.influence[j]!, group = first.codes[i]!;
    if (Number.isNaN(u) || Number.isNaN(v) || second.codes[j] !== group) continue;
    const cell = KINDS * group + 2 * first.labels[i]! + second.labels[j]!;
    product[cell]! += u * v;
    both[cell]!++;
    if (u !== v || first.labels[i] !== second.labels[j]) alike[group] = 0;
  }
  return a.groups.map((before, group) => {
    const after = b.groups[group]!, cells = both.subarray(KINDS * group, KINDS * (group + 1)), shared = cells.reduce((sum, n) => sum + n, 0);
    if (Number.isNaN(before.area) || Number.isNaN(after.area)) return null;
    const same = alike[group] === 1 && shared === before.positives + before.negatives && shared === after.positives + after.negatives;
    const most = Math.sqrt(before.variance * after.variance), summed = cells.reduce((sum, n, kind) => sum + product[KINDS * group + kind]! * (kind === 0 || kind === KINDS - 1 ? n / Math.max(1, n - 1) : 1), 0);
    const covariance = same ? before.variance : Math.max(-most, Math.min(most, summed));
    return { before: before.area, after: after.area, value: after.area - before.area, varianceBefore: before.variance, varianceAfter: after.variance, covariance,
      variance: same ? 0 : Math.max(0, before.variance + after.variance - 2 * covariance), least: Math.min(before.positives, before.negatives, after.positives, after.negatives) };
  });
}
