import { fold, nameWords, phraseIn } from './name-words.ts';
import { quoted, type KnownColumn } from './column-facts.ts';
import { guessBins } from './guess-bins.ts';
import { PROTECTED_GROUNDS, type ProtectedGround } from './protected-words.ts';
import type { ProtectedGuess } from './types.ts';

/** More groups than this are too small to compare, and their pairs too many. */
const MOST_GROUPS = 12;
/** Attributes and their pairs are all compared: more than these cost time and power. */
const MOST_ATTRIBUTES = 5;
/** Share of rows whose value must speak of the ground before values alone tell. */
const TELLING_SHARE = 0.6;
const MOST_VALUES = 30;

interface Found {
  readonly column: KnownColumn;
  readonly ground: ProtectedGround;
  readonly why: string;
}

export interface ProtectedGuesses {
  readonly protected: readonly ProtectedGuess[];
  /** Columns that hold a protected ground and were not taken, with the reason. */
  readonly passedOver: readonly { readonly column: string; readonly ground: string; readonly why: string }[];
}

/** Protected attributes by name, else by values; of several columns for one ground the one with few groups. candidates: no key. nameless: columns without names of their own. */
export function guessProtected(candidates: readonly KnownColumn[], nameless: boolean): ProtectedGuesses {
  const found = candidates.flatMap((column): Found[] => {
    if (column.distinct < 2) return [];
    const ground = groundByName(column);
    return ground === null ? [] : [{ column, ...ground }];
  });
  const named = new Set(found.map((each) => each.ground));
  // Values speak where names do not: two columns of M and F are rarely both about sex.
  for (const column of candidates) {
    if (column.distinct < 2 || found.some((each) => each.column === column)) continue;
    const ground = groundByValues(column, nameless);
    if (ground !== null && !named.has(ground.ground)) found.push({ column, ...ground });
  }
  const taken: ProtectedGuess[] = [], passedOver: { column: string; ground: string; why: string }[] = [];
  for (const ground of PROTECTED_GROUNDS) {
    const columns = found.filter((each) => each.ground === ground).sort((a, b) => preference(a.column) - preference(b.column) || a.column.position - b.column.position);
    for (const { column, why } of columns) {
      const pass = (reason: string): void => { passedOver.push({ column: column.name, ground: ground.ground, why: reason }); };
      const isQuantity = column.kind === 'number' && column.distinct > 10;
      const bins = isQuantity ? guessBins(column, ground.ground === 'age') : null;
      const first = taken.find((each) => each.ground === ground.ground);
      if (first !== undefined && !isDummy(column)) pass(`${quoted(first.column)} says the same with fewer or larger groups`);
      else if (isQuantity && bins === null) pass('its values cannot be cut into two groups');
      else if (!isQuantity && column.distinct > MOST_GROUPS) pass(`${column.distinct} groups are too many to compare: merge them into a few in a column of their own`);
      else if (taken.length >= MOST_ATTRIBUTES) pass(`${MOST_ATTRIBUTES} attributes and their pairs are enough for one audit: every further one makes each comparison weaker`);
      else taken.push({ column: column.name, ground: ground.ground, why, bins });
    }
  }
  return { protected: taken, passedOver };
}

/** Few groups first, quantities next, columns of many texts last. */
function preference(column: KnownColumn): number {
  if (column.distinct <= MOST_GROUPS) return 0;
  return column.kind === 'number' ? 1 : 2;
}

/** One column of several that spell out an attribute: `race_black`, `race_white`. */
function isDummy(column: KnownColumn): boolean {
  return column.kind === 'number' && column.distinct === 2 && column.min === 0 && column.max === 1;
}

type Ground = Pick<Found, 'ground' | 'why'>;

function groundByName(column: KnownColumn): Ground | null {
  const words = nameWords(column.name);
  for (const ground of PROTECTED_GROUNDS) {
    const phrase = phraseIn(words, ground.names);
    if (phrase === null || ground.unless.some((word) => words.includes(word)) || !fits(column, ground, phrase)) continue;
    return { ground, why: `its name speaks of ${ground.ground} (${quoted(phrase.replace('*', '…'))})` };
  }
  return null;
}

function groundByValues(column: KnownColumn, nameless: boolean): Ground | null {
  for (const ground of PROTECTED_GROUNDS) {
    const examples = tellingValues(column, ground, nameless);
    if (examples !== null) return { ground, why: `its values speak of ${ground.ground} (${examples.map(quoted).join(', ')})` };
  }
  return null;
}

/** Words such as `white` and `man` name a person's group only where the column says yes or no, or its values agree. */
function fits(column: KnownColumn, ground: ProtectedGround, phrase: string): boolean {
  if (['black', 'white', 'man', 'woman', 'men', 'women', 'male', 'female'].includes(phrase)) return column.distinct === 2;
  if (ground.ground === 'pregnancy or parenthood') return column.distinct <= 3;
  if (ground.ground === 'race or ethnicity') return column.kind === 'category' || column.distinct <= MOST_GROUPS;
  return true;
}

/** Two values that show the ground, or null. Single letters tell only where no name could: F and M are degrees of a charge, too. A column of colours is none of people: any colour that people do not have rules it out. */
function tellingValues({ column, values }: KnownColumn, ground: ProtectedGround, letters: boolean): readonly string[] | null {
  if (column.kind === 'number' || values === null || values.length > MOST_VALUES || ground.values.length === 0) return null;
  const total = values.reduce((sum, value) => sum + value.count, 0);
  const examples = new Map<number, string>();
  let telling = 0;
  for (const { text, count } of values) {
    const words = fold(text).split(/[^\p{L}]+/u).filter((word) => letters || word.length > 1);
    if (words.some((word) => ['red', 'blue', 'green', 'yellow', 'grey', 'gray', 'silver', 'orange'].includes(word))) return null;
    const kind = ground.values.findLastIndex((kindWords) => words.some((word) => kindWords.includes(word)));
    if (kind < 0) continue;
    telling += count;
    if (!examples.has(kind)) examples.set(kind, text);
  }
  return examples.size >= 2 && telling >= TELLING_SHARE * total ? [...examples.values()].slice(0, 2) : null;
}
