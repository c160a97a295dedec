import type { ColumnCode } from '../encode/types.ts';

/** Smallest standard deviation of a number's likelihood, in encoded units: keeps a nearly constant column from ruling the loss. */
export const DEVIATION_FLOOR = 0.1;
/** Logits beyond this are cut, which keeps their exponentials inside float32 without a maximum per group. */
export const LOGIT_LIMIT = 60;

/** Which likelihood each feature has, as rows and a matrix that tensor code can multiply with. */
export interface LikelihoodLayout {
  readonly width: number;
  readonly groups: number;
  /** [width] 1 for a number's value (Gaussian), else 0. */
  readonly numbers: Float32Array;
  /** [width] 1 for a category's level or a missing indicator (logits), else 0. */
  readonly logits: Float32Array;
  /** [width, groups] 1 where the feature is a logit of the group: a category's levels, or one missing indicator. */
  readonly membership: Float32Array;
  /** [groups, width] its transpose. */
  readonly features: Float32Array;
  /** [groups] 1 for an indicator, whose other outcome is an implicit logit of 0; else 0. */
  readonly implicit: Float32Array;
}

interface Group { readonly first: number; readonly width: number; readonly implicit: boolean }

function groupsOf(columns: readonly ColumnCode[]): Group[] {
  return columns.flatMap((column): Group[] => {
    if (column.kind === 'category') return [{ first: column.offset, width: column.width, implicit: false }];
    return column.missingIndicator ? [{ first: column.offset + 1, width: 1, implicit: true }] : [];
  });
}

/** Never without a group: an empty one is added when every column is a complete number, so that shapes stay positive. */
export function likelihoodLayout(columns: readonly ColumnCode[], width: number): LikelihoodLayout {
  const found = groupsOf(columns);
  const groups = found.length > 0 ? found : [{ first: 0, width: 0, implicit: true }];
  const numbers = new Float32Array(width), logits = new Float32Array(width);
  const membership = new Float32Array(width * groups.length), features = new Float32Array(groups.length * width);
  for (const column of columns) if (column.kind === 'number') numbers[column.offset] = 1;
  groups.forEach((group, g) => {
    for (let feature = group.first; feature < group.first + group.width; feature++) {
      logits[feature] = 1;
      membership[feature * groups.length + g] = 1;
      features[g * width + feature] = 1;
    }
  });
  const implicit = Float32Array.from(groups, (group) => (group.implicit ? 1 : 0));
  return { width, groups: groups.length, numbers, logits, membership, features, implicit };
}

/**
 * ln of a variance is this many times its parameter. Adam moves any parameter by at most about the learning rate a step; without the
 * factor the variance of a well explained number (ln σ² near −5) would still be on its way there when training ends.
 */
export const SCALE_SPEED = 4;

/** Variance of a number's likelihood from its unconstrained parameter. */
export function varianceOf(logScale: number): number {
  return DEVIATION_FLOOR * DEVIATION_FLOOR + Math.exp(SCALE_SPEED * logScale);
}
