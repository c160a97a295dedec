import type { Column } from '../table.ts';
import { distinctNumbers } from './distinct-numbers.ts';
import { sameValue } from './mark-positive.ts';

/** A column of numbers with more distinct values than this is a quantity to predict, not a class. */
export const MAXIMUM_CLASSES = 10;

const AFFIRMATIVE = new Set(['1', 'true', 'yes']);

export type LabelReading =
  | { readonly kind: 'label'; readonly positive: string; readonly how: string }
  | { readonly kind: 'regression' }
  /** `few`: not two values. `absent`: `positive` is none of the values. `choose`: more than two values and no `positive`. */
  | { readonly kind: 'problem'; readonly problem: 'few' | 'absent' | 'choose'; readonly values: readonly string[] };

export interface LabelValue {
  readonly text: string;
  readonly count: number;
}

/** The values of a label column. */
export interface LabelValues {
  /** In order (numbers by size, texts by code point) with their counts; null for more than `MAXIMUM_CLASSES` numbers. */
  readonly values: readonly LabelValue[] | null;
  /** Distinct values, which can be more than `values` names. */
  readonly distinct: number;
  /** The value that a text names, as it is written; undefined when none does. */
  readonly find: (text: string) => string | undefined;
}

/** What the label column means: which value is positive and why. positive: as configured, or null. Numbers compare as numbers. */
export function understandLabel(column: Column, positive: string | null): LabelReading {
  return understandValues(labelValues(column), positive);
}

/** The same from the column's values. */
export function understandValues({ values, distinct, find }: LabelValues, positive: string | null): LabelReading {
  if (values === null && positive === null) return { kind: 'regression' };
  const texts = (values ?? []).map((value) => value.text);
  if (values !== null && values.length < 2) return { kind: 'problem', problem: 'few', values: texts };
  if (positive !== null) {
    const match = find(positive), others = values === null ? 0 : distinct;
    if (match === undefined) return { kind: 'problem', problem: 'absent', values: texts };
    return { kind: 'label', positive: match, how: `configured${others > 2 ? `; the other ${others - 1} values count as not positive` : ''}` };
  }
  if (texts.length > 2) return { kind: 'problem', problem: 'choose', values: texts };
  const [a, b] = values as readonly [LabelValue, LabelValue];
  const yes = [a, b].filter((value) => AFFIRMATIVE.has(value.text.toLowerCase()));
  if (yes.length === 1) return { kind: 'label', positive: yes[0]!.text, how: `not configured; ${yes[0]!.text} is what 1, true and yes mean` };
  const rarer = a.count < b.count ? a : b;
  const why = a.count === b.count ? 'both values are equally frequent, this one comes later' : 'the rarer of the two values';
  return { kind: 'label', positive: rarer.text, how: `not configured; ${why}` };
}

function labelValues(column: Column): LabelValues {
  const values = valuesOf(column), texts = (values ?? []).map((value) => value.text);
  const find = column.kind === 'number'
    ? (text: string) => column.values.find((value) => sameValue(String(value), text))?.toString()
    : (text: string) => findLevel(texts, text);
  return { values, distinct: texts.length, find };
}

/** The level that a text names: itself, else the same number. */
export function findLevel(levels: readonly string[], text: string): string | undefined {
  return levels.find((level) => level === text) ?? levels.find((level) => sameValue(level, text));
}

/** The distinct values in order (numbers by size, texts by code point) with their counts; null for a quantity. */
function valuesOf(column: Column): readonly LabelValue[] | null {
  if (column.kind === 'number') {
    const distinct = distinctNumbers(column.values, MAXIMUM_CLASSES);
    return distinct?.map((value) => ({ text: String(value), count: column.values.reduce((sum, each) => sum + Number(each === value), 0) })) ?? null;
  }
  const counts = new Int32Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) counts[code]!++;
  const values = column.levels.map((text, code) => ({ text, count: counts[code]! }));
  return values.filter((value) => value.count > 0).sort((x, y) => (x.text < y.text ? -1 : 1));
}
