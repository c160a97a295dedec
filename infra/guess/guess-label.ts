import { MAXIMUM_CLASSES, understandLabel } from '../../models/encode/understand-label.ts';
import { quoted, type KnownColumn } from './column-facts.ts';
import { fold, nameWords, phraseIn } from './name-words.ts';
import { outcomePair } from './outcome-pairs.ts';
import { DECISION_NAMES, LABEL_NAMES, OUTCOME_NAMES, POSITIVE_VALUES } from './outcome-words.ts';
import type { Guess } from './types.ts';

/** Evidence from which a column is taken for the label: a telling name, or the last place and two values where names tell nothing. */
const ENOUGH = 3;
const MOST_CLASSES = 20;
const KIND_WORDS = ['kind', 'type', 'category', 'reason', 'art', 'grund', 'raison', 'tipo', 'motivo'];

export interface LabelGuess {
  readonly label: Guess<string> | null;
  readonly positive: Guess<string> | null;
  /** Columns that could be the label, best first, when none was taken, or besides it. */
  readonly others: readonly string[];
}

interface Candidate {
  readonly column: KnownColumn;
  readonly evidence: number;
  readonly why: readonly string[];
}

/**
 * The column that says what happened, and its positive value. candidates: neither protected nor keys.
 * nameless: the columns have no names of their own, so that only their place and values speak.
 */
export function guessLabel(candidates: readonly KnownColumn[], total: number, nameless: boolean): LabelGuess {
  const rated = candidates.map((column) => rate(column, total, nameless)).filter((each) => each !== null)
    .sort((a, b) => b.evidence - a.evidence || a.column.distinct - b.column.distinct || b.column.position - a.column.position);
  const best = rated[0], others = rated.filter((each) => each.evidence >= ENOUGH - 1);
  if (best === undefined || best.evidence < ENOUGH) return { label: null, positive: null, others: others.map((each) => each.column.name).slice(0, 5) };
  const why = best.why.join(', ');
  return { label: { value: best.column.name, why }, positive: guessPositive(best.column), others: others.slice(1, 6).map((each) => each.column.name) };
}

function rate(column: KnownColumn, total: number, nameless: boolean): Candidate | null {
  const isQuantity = column.kind === 'number' && column.distinct > MAXIMUM_CLASSES;
  if (column.distinct < 2 || (column.kind === 'category' && column.distinct > MOST_CLASSES)) return null;
  const words = nameWords(column.name), why: string[] = [];
  let evidence = 0;
  const add = (weight: number, reason: string): void => {
    evidence += weight;
    why.push(reason);
  };
  if (!nameless) {
    const label = phraseIn(words, LABEL_NAMES), outcome = phraseIn(words, OUTCOME_NAMES), whole = [label, outcome].some((phrase) => phrase === words.join(' '));
    // A prediction of the label is not the label, and a quantity is one only when its whole name says so.
    if (phraseIn(words, DECISION_NAMES) !== null || (isQuantity && !whole)) return null;
    if (label !== null) add(4, `its name says so (${quoted(label)})`);
    else if (outcome !== null) add(2, `its name speaks of an outcome (${quoted(outcome.replace('*', '…'))})`);
    if (whole) add(0.5, 'by its whole name');
  } else if (isQuantity) return null;
  if (column.distinct === 2) {
    const texts = (column.values ?? []).map(({ text }) => text);
    if (outcomePair(texts) === null) add(1, 'it has two values');
    else add(2.5, `its two values are opposites of an outcome (${texts.map(quoted).join(', ')})`);
  }
  if (column.position === total - 1) add(nameless ? 2 : 1, 'it is the last column');
  else if (column.position === 0) evidence += 0.25;
  if (column.missing > 0) evidence -= 0.5;
  // `failure_type` tells more than whether there was a failure, which another column may say.
  if (column.distinct > 2 && phraseIn(words, KIND_WORDS) !== null) evidence -= 0.5;
  return { column, evidence, why };
}

const SENSES = {
  wish: 'it is the wished-for one',
  failure: 'it is the failure that an audit looks for; name the other one if shares of it are meant',
  event: 'it is what happened, and the other says that it did not',
} as const;

/** The positive value: of two opposites the failure or the wished-for, what means yes, else what the audit itself would take. Null for a quantity. */
export function guessPositive(known: KnownColumn): Guess<string> | null {
  const reading = understandLabel(known.column, null);
  if (reading.kind === 'regression') return null;
  const values = known.values ?? [];
  const pair = outcomePair(values.map(({ text }) => text));
  if (pair !== null) return { value: pair.positive, why: `of ${list(values)} ${SENSES[pair.sense]}` };
  const plain = (text: string): string => fold(text).replaceAll(/^['"\s]+|['"\s.]+$/g, '');
  for (const word of POSITIVE_VALUES) {
    const match = values.find(({ text }) => plain(text) === word);
    if (match !== undefined) return { value: match.text, why: `of ${list(values)} it is what means yes or the wished-for` };
  }
  if (reading.kind === 'label') return { value: reading.positive, why: `of ${list(values)} it is the rarer` };
  const last = values.at(-1);
  return last === undefined ? null : { value: last.text, why: `of ${list(values)} it is the rarest; all others count as not positive` };
}

function list(values: readonly { readonly text: string; readonly count: number }[]): string {
  const few = values.slice(0, 6).map(({ text, count }) => `${quoted(text)} (${count.toLocaleString('en')})`).join(', ');
  return values.length > 6 ? `${few} and ${values.length - 6} more` : few;
}
