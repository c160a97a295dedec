import { judge, sizeOf } from './judge.ts';
import type { Effect, EffectKind } from './types.ts';

interface Measured {
  readonly kind: EffectKind;
  readonly subject: string;
  readonly measure: string;
  readonly before?: number | null;
  readonly after?: number | null;
  readonly value: number | null;
  /** Signed, or of a size that is never below 0. */
  readonly interval: readonly [number, number] | null;
  readonly limit: number;
  readonly note?: string | null;
  /** What is said before the numbers: `age: standardised mean difference`. */
  readonly what: string;
  /** How a value of this measure is written; three digits without. */
  readonly text?: (value: number) => string;
}

const minus = (text: string): string => text.replace(/^-(0\.0)?(?!\d)/, (_, zero: string | undefined) => zero ?? '−').replace(/^-/, '−');
const tenths = (value: number): string => minus((100 * value).toFixed(1));
/** How values are written in sentences. */
export const TEXT = { three: (value: number): string => minus(String(Number(value.toPrecision(3)))), points: (value: number): string => `${tenths(value)} points`, share: (value: number): string => `${tenths(value)} %` } as const;

/** An effect judged against its limit, with its sentence. Without an interval the size alone is judged, and the note says so. */
export function measuredEffect(input: Measured): Effect {
  const { kind, subject, measure, before = null, after = null, value, interval, limit, note = null, what, text = TEXT.three } = input;
  const size = interval === null ? null : sizeOf(interval);
  const verdict = size !== null ? judge(size, limit) : value === null ? 'undecided' : Math.abs(value) > limit ? 'changed' : 'same';
  const from = before === null || after === null ? '' : ` (${text(before)} → ${text(after)})`;
  const range = interval === null ? '' : `, ${text(interval[0]).replace(/ (?:points|%)$/, '')} to ${text(interval[1])}`;
  const relation = { changed: 'beyond the limit of', same: 'within the limit of', undecided: 'which this data cannot tell from the limit of' }[verdict];
  const sentence = value === null ? `${what}: not measured${note === null ? '' : `: ${note}`}` : `${what} ${text(value)}${from}${range}, ${relation} ${text(limit)}`;
  return { kind, subject, measure, before, after, value, interval, limit, verdict, sentence, note };
}

/** Something that is so or not, such as a column that is gone. */
export function plainChange(kind: EffectKind, subject: string, measure: string, sentence: string): Effect {
  return { kind, subject, measure, before: null, after: null, value: null, interval: null, limit: null, verdict: 'changed', sentence, note: null };
}
