import { markPositive, MISSING_MARK, sameValue } from '../../models/encode/mark-positive.ts';
import { quoted, type KnownColumn } from './column-facts.ts';
import { fold, nameWords, phraseIn } from './name-words.ts';
import { DECISION_NAMES, MEASURED_WORDS, SCORE_NAMES } from './outcome-words.ts';
import type { ExcludeGuess, Guess } from './types.ts';

const YES_OR_NO = new Set(['1', '0', 'true', 'false', 'yes', 'no', 'y', 'n', 't', 'f']);

export interface DecisionGuess {
  readonly score: Guess<string> | null;
  readonly prediction: Guess<string> | null;
  readonly threshold: Guess<number> | null;
  /** Further outputs of the model, which must not be features. */
  readonly exclude: readonly ExcludeGuess[];
  readonly doubts: readonly string[];
}

interface Output {
  readonly column: KnownColumn;
  readonly why: string;
  readonly isDecision: boolean;
  readonly words: number;
}

/** What an audited model said: a score (numbers) and a decision (two values). label: the label's column and positive value, if there are. */
export function guessDecisions(candidates: readonly KnownColumn[], label: { readonly column: KnownColumn; readonly positive: string | null } | null): DecisionGuess {
  const outputs = candidates.flatMap((column) => outputOf(column) ?? []).sort((a, b) => a.words - b.words || a.column.position - b.column.position);
  const prediction = outputs.find((each) => each.isDecision && isReadable(each.column, label?.positive ?? null)) ?? null;
  const score = outputs.find((each) => each !== prediction && each.column.kind === 'number' && each.column.distinct > 2) ?? null;
  const taken = new Set([prediction, score]);
  const others = outputs.filter((each) => !taken.has(each));
  const threshold = score === null || prediction !== null || (score.column.min >= 0 && score.column.max <= 1) ? null : thresholdOf(score.column, label);
  return {
    prediction: prediction === null ? null : { value: prediction.column.name, why: `${prediction.why}; ${prediction.column.distinct === 1 ? 'every row has the same value' : 'two values'}` },
    score: score === null ? null : { value: score.column.name, why: `${score.why}; numbers from ${score.column.min} to ${score.column.max}` },
    threshold,
    exclude: others.map(({ column, why }) => ({ column: column.name, kind: 'model-output', why: `${why}; another output of a model, or one that could not be read as a decision: a feature is known before the decision` })),
    doubts: others.filter((each) => each.isDecision && prediction === null)
      .map(({ column }) => `${quoted(column.name)} may hold decisions, but its values are neither yes and no nor those of the label: write them so and name it in data.prediction`),
  };
}

function outputOf(column: KnownColumn): Output | null {
  const words = nameWords(column.name);
  const decision = phraseIn(words, DECISION_NAMES), score = phraseIn(words, SCORE_NAMES);
  const phrase = decision ?? score;
  if (phrase === null || column.distinct === 0) return null;
  if (decision === null && words.some((word) => MEASURED_WORDS.includes(word))) return null;
  // A single letter says enough only with company: p_default, but not p alone among many.
  if (phrase === 'p' && (words[0] !== 'p' || words.length < 2 || column.min < 0 || column.max > 1)) return null;
  return { column, why: `its name speaks of a model's output (${quoted(phrase)})`, isDecision: column.distinct <= 2 || decision !== null, words: words.length };
}

/** As the audit reads decisions: the label's positive value occurs, or all values are yes or no. */
function isReadable({ values }: KnownColumn, positive: string | null): boolean {
  if (values === null || values.length > 2) return false;
  return values.every(({ text }) => YES_OR_NO.has(fold(text))) || (positive !== null && values.some(({ text }) => sameValue(text, positive)));
}

/** The score from which as many rows are chosen as are positive; the median without a label. */
function thresholdOf(score: KnownColumn, label: { readonly column: KnownColumn; readonly positive: string | null } | null): Guess<number> {
  const values = score.column.kind === 'number' ? score.column.values : new Float64Array();
  const marks = label === null || label.positive === null ? null : markPositive(label.column.column, label.positive);
  const base = marks === null ? 0.5 : share(marks);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const value = sorted[Math.min(sorted.length - 1, Math.round((1 - base) * sorted.length))]!;
  const chosen = sorted.reduce((sum, each) => sum + Number(each >= value), 0) / sorted.length;
  const why = marks === null ? 'the middle of the scores' : `chooses about as many rows (${percent(chosen)}) as are positive (${percent(base)})`;
  return { value, why };
}

function share(marks: Uint8Array): number {
  let positive = 0, present = 0;
  for (const mark of marks) {
    if (mark === MISSING_MARK) continue;
    present++;
    positive += mark;
  }
  return present === 0 ? 0.5 : positive / present;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(0)} %`;
}
