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
/** A value rarer than this speaks for itself. */
const RARE = 0.1;
/** −ln of a share: what one row in seven reaches in a column is no reason. */
const ORDINARY_NATS = 2;

interface ColumnView {
  readonly name: string;
  readonly rarity: (row: number) => Rarity;
  /** Share of rows that cost the network at least as much in this column, 0 to 1; 1 without costs. */
  readonly costShare: (row: number) => number;
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
function upperShare(values: Float64Array): (row: number) => number {
  const sorted = Float64Array.from(values).sort(), n = sorted.length;
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

function viewColumns(input: ReasonInput): ColumnView[] {
  return input.columns.map((column, c) => ({
    name: shortText(column.name), rarity: rarityOf(column), costShare: input.costs.length === 0 ? () => 1 : upperShare(meanCost(input, c)),
  }));
}

function natsOf(view: ColumnView, row: number): number {
  return Math.max(0, -Math.log(Math.max(Number.MIN_VALUE, Math.min(view.costShare(row), view.rarity(row).share))) - ORDINARY_NATS);
}

function describe(view: ColumnView, row: number): { value: string; typical: string; text: string } {
  const { value, typical, share, text } = view.rarity(row), cost = view.costShare(row);
  const why = share <= RARE || cost >= share ? text : `unusual beside its other columns (less expected than in ${percentText(1 - cost)} of rows)`;
  return { value, typical, text: `${view.name} ${value}: typical ${typical}, ${why}` };
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

function reasonsOf(row: number, views: readonly ColumnView[], associated: (i: number, j: number) => number): Reason[] {
  const groups = groupColumns(views.map((view) => natsOf(view, row)), associated);
  const total = groups.reduce((sum, { nats }) => sum + nats, 0);
  return groups.slice(0, MOST_REASONS).filter(({ nats }) => nats >= SMALLEST_SHARE * total).map(({ columns, nats }) => {
    const parts = columns.map((c) => ({ name: views[c]!.name, ...describe(views[c]!, row) }));
    const join = (of: (part: (typeof parts)[number]) => string, by: string): string => parts.map(of).join(by);
    return {
      column: join((part) => part.name, ' + '), value: join((part) => part.value, ' + '), typical: join((part) => part.typical, ' + '),
      contribution: nats / total, text: join((part) => part.text, '; with '),
    };
  });
}

/**
 * Why rows are strange: for each column the rarer of its value among all rows and of its reconstruction cost among all rows' costs in that
 * column (mean over seeds), as −ln of the share of rows at least as far out. Shares of a row's reasons add up to at most 1.
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
