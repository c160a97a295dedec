import { labelLeak, type LabelLeak } from '../../models/encode/label-leak.ts';
import { quoted, type KnownColumn } from './column-facts.ts';
import { nameWords } from './name-words.ts';
import type { ExcludeGuess } from './types.ts';

/** From this AUROC on a single column all but is the label. */
const RESTATES = 0.995;
/** From this one on a column that shares a word with the label's name, or is filled in for one outcome only, is taken for its consequence. */
const SUSPICIOUS = 0.9;
/** From this one on a column is named for a look. */
const NOTABLE = 0.85;
/** A share of one class that is telling while the class itself is no more than `BALANCED` of all. */
const ONE_SIDED = 0.9;
const BALANCED = 0.6;
const MINIMUM_PRESENT = 50;
/** With fewer rows of the rarer class one column may tell them apart by chance. */
const MINIMUM_OF_EACH = 20;
const MOST_NAMED = 6;
const COMMON_WORDS = new Set(['column', 'feature', 'field', 'variable', 'attribute', 'label', 'value', 'target', 'class', 'outcome', 'year', 'years', 'status', 'total', 'number', 'count', 'date', 'time', 'type', 'high', 'has']);

export interface LeakGuess {
  readonly exclude: readonly ExcludeGuess[];
  readonly doubts: readonly string[];
}

export interface LeakCheck {
  /** The label's column. */
  readonly name: string;
  /** [n] 1 positive, 0 not, 255 no label. */
  readonly marks: Uint8Array;
  /** The file itself says which columns are features (X and y of an npz): then they are named for a look and kept. */
  readonly declared: boolean;
}

/** Features that restate the label or were written down after it. */
export function guessLeaks(features: readonly KnownColumn[], { name: labelName, marks, declared }: LeakCheck): LeakGuess {
  const exclude: ExcludeGuess[] = [], doubts: string[] = [];
  let positives = 0, negatives = 0;
  for (const mark of marks) {
    positives += Number(mark === 1);
    negatives += Number(mark === 0);
  }
  const few = Math.min(positives, negatives) < MINIMUM_OF_EACH;
  if (few) doubts.push(`the rarer class has ${Math.min(positives, negatives)} ${Math.min(positives, negatives) === 1 ? 'row' : 'rows'} only: columns that restate the label cannot be told from chance here, look for them yourself`);
  const strong: { readonly name: string; readonly auroc: number }[] = [];
  for (const feature of few ? [] : features) {
    const leak = labelLeak(feature.column, marks);
    const reason = declared ? null : reasonOf(feature, leak, { name: labelName, base: positives / (positives + negatives) });
    if (reason !== null) exclude.push({ column: feature.name, kind: 'restates-label', why: reason });
    else if (leak.auroc > NOTABLE) strong.push({ name: feature.name, auroc: leak.auroc });
  }
  if (strong.length > 0) doubts.push(strongText(strong));
  return { exclude, doubts };
}

function strongText(strong: { readonly name: string; readonly auroc: number }[]): string {
  const few = strong.sort((a, b) => b.auroc - a.auroc).slice(0, MOST_NAMED).map(({ name, auroc }) => `${quoted(name)} (AUROC ${auroc.toFixed(3)})`).join(', ');
  const more = strong.length > MOST_NAMED ? ` and ${strong.length - MOST_NAMED} more columns` : '';
  return `${strong.length === 1 ? 'by itself this column predicts' : 'each by itself these columns predict'} the label well: ${few}${more}; if one is known only after the outcome, put it into exclude`;
}

interface LabelFacts {
  readonly name: string;
  /** Share of positives. */
  readonly base: number;
}

function reasonOf(feature: KnownColumn, { auroc, missingAuroc, present, purest }: LabelLeak, label: LabelFacts): string | null {
  const by = `AUROC ${auroc.toFixed(3)} by itself`, isOneSided = (share: number): boolean => oneSided(share, label.base);
  if (auroc > RESTATES) return `it restates the label ${quoted(label.name)} (${by})`;
  if (missingAuroc > SUSPICIOUS) return `it is filled in for one outcome of ${quoted(label.name)} only, so it was written down afterwards (AUROC ${missingAuroc.toFixed(3)} of whether it is missing)`;
  if (feature.missing > 0 && present.rows >= MINIMUM_PRESENT && isOneSided(present.positiveShare)) {
    return `where it is filled in the label is nearly always the same, so it was probably written down afterwards (${percent(present.positiveShare)} positive, ${percent(label.base)} of all)`;
  }
  if (!sharesWord(feature.name, label.name)) return null;
  if (auroc > SUSPICIOUS) return `it shares a word with the label ${quoted(label.name)} and predicts it (${by}): probably another form of it`;
  return purest !== null && isOneSided(purest.positiveShare)
    ? `it shares a word with the label ${quoted(label.name)}, and one of its values nearly always goes with one outcome (${percent(purest.positiveShare)} positive, ${percent(label.base)} of all): probably written down afterwards` : null;
}

/** Nearly all of one class, where that class is no large majority anyway. */
function oneSided(share: number, base: number): boolean {
  return (share >= ONE_SIDED && base <= BALANCED) || (1 - share >= ONE_SIDED && 1 - base <= BALANCED);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function sharesWord(name: string, label: string): boolean {
  const telling = (text: string): readonly string[] => nameWords(text).filter((word) => word.length >= 4 && !COMMON_WORDS.has(word));
  const words = telling(label);
  return telling(name).some((word) => words.includes(word));
}
