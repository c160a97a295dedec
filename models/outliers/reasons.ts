import type { Column } from '../table.ts';
import { columnAssociations } from './column-association.ts';
import { type Rarity, rarityOf } from './marginal.ts';
import type { Reason } from './types.ts';
import { percentText, shortText } from './value-text.ts';

export interface ReasonInput {
  /** The encoded columns, with the values as they stand in the data. */
  readonly columns: readonly Column[];
  /** [n, columns] reconstruction cost by column, in nats, one a seed; the order of `columns`. */
  readonly costs: readonly Float32Array[];
  readonly rows: number;
}

const MOST_REASONS = 5;
const SMALLEST_SHARE = 0.05;
/** Columns that tell each other to this degree are one reason. */
const SAME = 0.8;
/** −ln of a share: what one row in seven reaches in a column is no reason. */
const ORDINARY_NATS = 2;
/** A value rarer than this is worth saying beside a cost that says more. */
const RARE = 0.1;
/** Rarity is plainer than a cost: the cost is the reason where its share of rows is smaller by more than this factor. */
const CLEARLY = 4;
/** A usual value is a reason only when so few rows cost as much, and when it costs so many nats above the column's median (odds of 20). */
const EXTREME_SHARE = 0.001;
const EXTREME_NATS = 3;

/** How far out a row is in a column by the reconstruction costs. */
interface CostView {
  /** Share of rows that cost the network at least as much in this column, 0 to 1. */
  readonly share: (row: number) => number;
  /** Nats above the column's median cost. */
  readonly excess: (row: number) => number;
}

interface ColumnView {
  readonly name: string;
  readonly rarity: (row: number) => Rarity;
  /** null without costs. */
  readonly cost: CostView | null;
}

/** What one column has against a row: the share of rows that are at least as far out, by the measure that the text names. */
interface Evidence {
  readonly share: number;
  readonly value: string;
  readonly typical: string;
  readonly text: string;
  /** A usual value that is not extreme beside the others counts only when the row has nothing else. */
  readonly weak: boolean;
}

interface Strange {
  readonly columns: readonly number[];
  readonly nats: number;
}

/** Mean cost of one column over seeds, [n]. */
function meanCost({ costs, columns, rows }: ReasonInput, c: number): Float64Array {
  const mean = new Float64Array(rows);
  for (const cost of costs) for (let row = 0; row < rows; row++) mean[row]! += cost[row * columns.length + c]! / costs.length;
  return mean;
}

/** Share of values that are at least as large as each row's own. */
function upperShare(values: Float64Array, sorted = Float64Array.from(values).sort()): (row: number) => number {
  const n = sorted.length;
  return (row) => {
    const value = values[row]!;
    let low = 0, high = n;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return (n - low) / n;
  };
}

function viewCost(cost: Float64Array): CostView {
  const sorted = Float64Array.from(cost).sort(), median = sorted[sorted.length >> 1]!;
  return { share: upperShare(cost, sorted), excess: (row) => cost[row]! - median };
}

function viewColumns(input: ReasonInput): ColumnView[] {
  return input.columns.map((column, c) => ({
    name: shortText(column.name), rarity: rarityOf(column), cost: input.costs.length === 0 ? null : viewCost(meanCost(input, c)),
  }));
}

function evidenceOf({ name, rarity, cost }: ColumnView, row: number): Evidence {
  const { value, typical, share, text, usual } = rarity(row), label = usual && value === typical ? `${name} ${value}: the typical value, ` : `${name} ${value}: typical ${typical}, `;
  const costShare = cost?.share(row) ?? 1;
  if (cost === null || costShare * CLEARLY >= share) return { share, value, typical, text: label + text, weak: usual };
  return {
    share: costShare, value, typical,
    text: `${label}${share <= RARE ? `${text} and ` : ''}unusual beside its other columns (less expected than in ${percentText(1 - costShare)} of rows)`,
    weak: usual && !(costShare <= EXTREME_SHARE && cost.excess(row) >= EXTREME_NATS),
  };
}

/** −ln of the share of rows at least as far out, less what is ordinary. */
function natsOf({ share, weak }: Evidence): number {
  return weak ? 0 : Math.max(0, -Math.log(share) - ORDINARY_NATS);
}

/** Joins columns that tell each other, strangest first; a group is as strange as its strangest column. */
function groupColumns(nats: readonly number[], associated: (i: number, j: number) => number): Strange[] {
  const order = nats.map((_, c) => c).filter((c) => nats[c]! > 0).sort((a, b) => nats[b]! - nats[a]! || a - b);
  const groups: { columns: number[]; nats: number }[] = [];
  for (const c of order) {
    // Only what may be reported is compared: pairs of columns grow with the square of the table's width.
    const group = groups.slice(0, MOST_REASONS).find((each) => associated(each.columns[0]!, c) >= SAME);
    if (group === undefined) groups.push({ columns: [c], nats: nats[c]! });
    else group.columns.push(c);
  }
  return groups;
}

/** Of a row in which no column stands out, the column that comes nearest to it, an unusual value if there is one; with its share of all columns' −ln. */
function nearestReason(views: readonly ColumnView[], evidence: readonly Evidence[]): Reason[] {
  const order = evidence.map((_, c) => c).filter((c) => evidence[c]!.share < 1)
    .sort((a, b) => Number(evidence[a]!.weak) - Number(evidence[b]!.weak) || evidence[a]!.share - evidence[b]!.share || a - b);
  const c = order[0];
  if (c === undefined) return [];
  const total = order.reduce((sum, each) => sum - Math.log(evidence[each]!.share), 0), { share, value, typical, text } = evidence[c]!;
  return [{ column: views[c]!.name, value, typical, contribution: -Math.log(share) / total, text }];
}

function reasonsOf(row: number, views: readonly ColumnView[], associated: (i: number, j: number) => number): Reason[] {
  const evidence = views.map((view) => evidenceOf(view, row)), groups = groupColumns(evidence.map(natsOf), associated);
  if (groups.length === 0) return nearestReason(views, evidence);
  const total = groups.reduce((sum, { nats }) => sum + nats, 0);
  const named = groups.slice(0, MOST_REASONS).filter(({ nats }, i) => i === 0 || nats >= SMALLEST_SHARE * total);
  return named.map(({ columns, nats }) => {
    const join = (of: (c: number) => string, by: string): string => columns.map(of).join(by);
    return {
      column: join((c) => views[c]!.name, ' + '), value: join((c) => evidence[c]!.value, ' + '), typical: join((c) => evidence[c]!.typical, ' + '),
      contribution: nats / total, text: join((c) => evidence[c]!.text, '; with '),
    };
  });
}

/**
 * Why rows are strange, strongest first: for each column −ln of the share of rows at least as far out, by the rarity of its value or, where
 * that says clearly more, by its reconstruction cost among all rows' costs in that column (mean over seeds). The text names the measure
 * that counted. A median or most frequent value is a reason only when its cost is extreme. Shares of a row's reasons add up to at most 1;
 * a row without a column that stands out is given the one that comes nearest.
 */
export function explainRows(input: ReasonInput, rows: readonly number[]): Reason[][] {
  const views = viewColumns(input), associated = columnAssociations(input.columns, input.rows);
  return rows.map((row) => reasonsOf(row, views, associated));
}

/** The three columns that cost most against their own distribution, for one seed. */
function firstThree(shares: readonly ((row: number) => number)[], row: number): number[] {
  const nats = shares.map((share) => share(row));
  return nats.map((_, c) => c).sort((a, b) => nats[a]! - nats[b]! || a - b).slice(0, 3);
}

/** Mean overlap, 0 to 1, of the first three columns between two training seeds over the named rows; null with fewer than two seeds or three columns. */
export function reasonOverlap(input: ReasonInput, rows: readonly number[]): number | null {
  if (input.costs.length < 2 || input.columns.length < 3 || rows.length === 0) return null;
  const bySeed = input.costs.map((cost) => input.columns.map((_, c) => upperShare(meanCost({ ...input, costs: [cost] }, c))));
  let sum = 0, pairs = 0;
  for (const row of rows) {
    const firsts = bySeed.map((shares) => firstThree(shares, row));
    for (let a = 0; a < firsts.length; a++) {
      for (let b = 0; b < a; b++) {
        sum += firsts[a]!.filter((c) => firsts[b]!.includes(c)).length / 3;
        pairs++;
      }
    }
  }
  return sum / pairs;
}
