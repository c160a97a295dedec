import leven from 'leven';
import { readerErrors } from './reader-error.ts';
import type { Place } from './reader-error.ts';

/** A column that the configuration names, and the key that names it. */
export interface WantedColumn {
  readonly key: string;
  readonly name: string;
}

/**
 * The column names of a header line; an unnamed column is called `column_3` by its position.
 * @throws ReaderError `duplicate-column`
 */
export function readHeader(cells: readonly string[], place: Place): readonly string[] {
  const names = cells.map((cell, i) => (cell.trim() === '' ? `column_${i + 1}` : cell.trim()));
  const positions = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    const first = positions.get(name);
    if (first !== undefined) throw readerErrors.duplicateColumn(place, name, first + 1, i + 1);
    positions.set(name, i);
  }
  return names;
}

/** @throws ReaderError `unknown-column` with the nearest name when one is near. */
export function checkWanted(file: string, names: readonly string[], wanted: readonly WantedColumn[]): void {
  for (const { key, name } of wanted) {
    if (!names.includes(name)) throw readerErrors.unknownColumn(file, key, name, nearest(name, names), names);
  }
}

/** The name with the fewest edits, if at most half of the wanted one's letters differ. */
function nearest(wanted: string, names: readonly string[]): string | null {
  let best: string | null = null, fewest = Math.max(2, Math.floor(wanted.length / 2)) + 1;
  for (const name of names) {
    const edits = leven(wanted.toLowerCase(), name.toLowerCase(), { maxDistance: fewest });
    if (edits < fewest) [best, fewest] = [name, edits];
  }
  return best;
}
