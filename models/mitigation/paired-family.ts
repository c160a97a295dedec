import type { Grouping } from '../table.ts';
import type { Quantity } from './types.ts';

/** A difference of two units' shares of events, or one unit's alone (minus = −1). */
export interface Contrast {
  readonly plus: number;
  readonly minus: number;
}

/**
 * Rows cut into units (a group, or a group of one label), each row with an event or none before and after. The quantity is the largest
 * of the contrasts, or one minus it.
 */
export interface PairedFamily {
  readonly units: number;
  /** [m] unit of a row, −1 of none; position i of the three arrays belongs to the same row. */
  readonly unit: Int32Array;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly contrasts: readonly Contrast[];
  readonly oneMinus: boolean;
}

export interface PairedDecisions {
  readonly grouping: Grouping;
  /** [n] 1 or 0 for the rows named */
  readonly labels: Uint8Array;
  /** [n] 1 or 0 for the rows named, before and after the mitigation */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** The rows judged. */
  readonly rows: Uint32Array;
}

/** Which units a row can be in, for each quantity: by group, and by label where the rate asks for one. */
const LABELS: Readonly<Record<Quantity, readonly (0 | 1 | null)[]>> = {
  accuracy: [null], worst_group_accuracy: [null], accuracy_difference: [null], demographic_parity_difference: [null],
  equal_opportunity_difference: [1], false_positive_rate_difference: [0], equalized_odds_difference: [1, 0],
};
const OF_ERRORS: ReadonlySet<Quantity> = new Set(['accuracy', 'worst_group_accuracy', 'accuracy_difference']);

/** The rows, units and contrasts that a quantity is made of. */
export function pairedFamily(quantity: Quantity, { grouping, labels, before, after, rows }: PairedDecisions): PairedFamily {
  const pooled = quantity === 'accuracy', groups = pooled ? 1 : grouping.levels.length, wanted = LABELS[quantity];
  const unit = Int32Array.from(rows, (row) => {
    const rate = wanted.findIndex((label) => label === null || label === labels[row]);
    return rate < 0 ? -1 : rate * groups + (pooled ? 0 : grouping.codes[row]!);
  });
  const event = (decisions: Uint8Array) => (row: number): number => (OF_ERRORS.has(quantity) ? Number(decisions[row] !== labels[row]) : decisions[row]!);
  const occupied = new Uint8Array(groups * wanted.length);
  for (const each of unit) if (each >= 0) occupied[each] = 1;
  const alone = pooled || quantity === 'worst_group_accuracy';
  return { units: occupied.length, unit, before: Uint8Array.from(rows, event(before)), after: Uint8Array.from(rows, event(after)),
    contrasts: wanted.flatMap((_, rate) => contrastsOf(rate * groups, groups, occupied, alone)), oneMinus: alone };
}

/** Of units from … from + groups − 1 that hold a row: each alone, or each ordered pair. */
function contrastsOf(from: number, groups: number, occupied: Uint8Array, alone: boolean): Contrast[] {
  const own = Array.from({ length: groups }, (_, group) => from + group).filter((unit) => occupied[unit] === 1);
  if (alone) return own.map((plus) => ({ plus, minus: -1 }));
  return own.flatMap((plus) => own.filter((minus) => minus !== plus).map((minus) => ({ plus, minus })));
}
