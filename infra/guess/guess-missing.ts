import { quoted, type KnownColumn } from './column-facts.ts';
import { fold } from './name-words.ts';

/** Texts that stand for no answer, folded; besides those that the configuration's default knows. */
const MARKERS = new Set(['?', 'na', 'n/a', '#n/a', '<na>', 'nan', 'null', 'nil', '\\n', 'missing', 'unknown', 'unk', 'not known', 'not available', 'not specified', 'not stated', 'not reported', 'undefined', 'unspecified', 'no data', 'no answer', 'nd', 'n.d.', '.', '-', '--', '---', '#value!', '#ref!', '(null)', '(missing)', '(blank)', 'nat',
  'unbekannt', 'k.a.', 'k. a.', 'keine angabe', 'nicht angegeben', 'fehlt', 'inconnu', 'inconnue', 'non renseigne', 'non disponible', 'non specifie', 'desconocido', 'desconocida', 'sin dato', 'sin datos', 'no especificado', 'no disponible', 'desconhecido', 'nao informado', 'sconosciuto', 'non disponibile', 'onbekend']);
/** Numbers that no quantity takes by chance and that forms use for no answer. */
const NUMBER_MARKERS = new Set([-9, -99, -999, -9999, -99999, 999, 9999]);
const LIKELY_MARKERS = new Set([-1, -2, -8, -7, 99, 99999, 999999]);
const MOST_SHOWN = 6;
/** In a column of this share of numbers the other texts are no categories. */
const NUMBER_SHARE = 0.9;

export interface MissingGuess {
  /** Texts to add to `data.missing`. */
  readonly markers: readonly { readonly text: string; readonly why: string }[];
  /** Columns that look like numbers but for texts that are no markers. */
  readonly unreadable: readonly { readonly column: string; readonly why: string }[];
  readonly doubts: readonly string[];
}

/** Values that look like missing ones. A marker holds for the whole file: a number is one only where no column has it as an ordinary value. */
export function guessMissing(columns: readonly KnownColumn[], known: readonly string[]): MissingGuess {
  const found = new Map<string, string[]>();
  const unreadable: { column: string; why: string }[] = [], doubts: string[] = [];
  for (const column of columns) {
    for (const text of textMarkers(column)) if (!known.includes(text)) found.set(text, [...(found.get(text) ?? []), column.name]);
    const wrong = wordsAmongNumbers(column);
    if (wrong !== null) unreadable.push({ column: column.name, why: wrong });
  }
  for (const [value, { stands, ordinary }] of numberMarkers(columns)) {
    if (stands.length === 0) continue;
    const where = names(stands);
    if (ordinary.length > 0 || !NUMBER_MARKERS.has(value)) {
      doubts.push(`${value} in ${where} may stand for a missing value${ordinary.length === 0 ? `; if it does, add "${value}" to missing` : `, but ${names(ordinary)} has it as a value, and a marker holds for the whole file: if it does, leave those cells empty in the data`}`);
    } else found.set(String(value), stands);
  }
  return { markers: [...found].map(([text, where]) => ({ text, why: `in ${names(where)}` })), unreadable, doubts };
}

function names(columns: readonly string[]): string {
  const few = columns.slice(0, MOST_SHOWN).map(quoted).join(', ');
  return columns.length > MOST_SHOWN ? `${few} and ${columns.length - MOST_SHOWN} more` : few;
}

function textMarkers({ column, distinct }: KnownColumn): readonly string[] {
  if (column.kind === 'number' || distinct < 2) return [];
  return column.levels.filter((level) => level.length < 20 && MARKERS.has(fold(level)));
}

/** A column of numbers with a few words in it, which the reader would refuse or take for categories; null when it is none. */
function wordsAmongNumbers({ column, distinct }: KnownColumn): string | null {
  if (column.kind === 'number' || distinct <= 20) return null;
  const isNumber = (level: string): boolean => level.trim() !== '' && Number.isFinite(Number(level));
  const words = column.levels.filter((level) => !isNumber(level) && !MARKERS.has(fold(level)));
  if (words.length === 0 || words.length > (1 - NUMBER_SHARE) * column.levels.length) return null;
  const wrong = new Set(words);
  let cells = 0;
  for (const code of column.codes) if (code >= 0 && wrong.has(column.levels[code]!)) cells++;
  return `it holds numbers, but for ${cells} ${cells === 1 ? 'cell' : 'cells'} such as ${words.slice(0, 3).map(quoted).join(', ')}: mend them, or add them to missing, and take the column out of here`;
}

interface Places {
  readonly stands: string[];
  readonly ordinary: string[];
}

/** For each marker-like number the columns where it stands apart from the others, and those where it is one of them. */
function numberMarkers(columns: readonly KnownColumn[]): ReadonlyMap<number, Places> {
  const places = new Map<number, Places>();
  for (const { column, name, distinct } of columns) {
    if (column.kind === 'category') continue;
    const sorted = column.values.filter((value) => !Number.isNaN(value)).sort();
    for (const marker of [...NUMBER_MARKERS, ...LIKELY_MARKERS]) {
      const times = countOf(sorted, marker);
      if (times === 0) continue;
      const place = places.get(marker) ?? { stands: [], ordinary: [] };
      (distinct > 3 && standsApart(sorted, marker, times) ? place.stands : place.ordinary).push(name);
      places.set(marker, place);
    }
  }
  return places;
}

function countOf(sorted: Float64Array, value: number): number {
  return lowerBound(sorted, value, true) - lowerBound(sorted, value, false);
}

function lowerBound(sorted: Float64Array, value: number, after: boolean): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value || (after && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At the end of the values, more than once, and either the only negative one or further away than half of the others' span. */
function standsApart(sorted: Float64Array, marker: number, times: number): boolean {
  const start = lowerBound(sorted, marker, false), isFirst = start === 0, isLast = start + times === sorted.length;
  if (times < 2 || times === sorted.length || (!isFirst && !isLast)) return false;
  const rest = isFirst ? sorted.subarray(times) : sorted.subarray(0, start);
  const nearest = isFirst ? rest[0]! : rest.at(-1)!, span = rest.at(-1)! - rest[0]!;
  if (isFirst) return marker < 0 && nearest >= 0;
  return marker - nearest > span / 2;
}
