import { DataError } from './data-error.ts';

const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name.slice(0, 200))).join(', ');

/** @throws DataError `unknown-column` when a stratum is no column. known: the data's columns. */
export function checkStrata(strata: readonly string[], known: readonly string[]): void {
  const unknown = strata.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new DataError('unknown-column', `fairness.strata names the column ${JSON.stringify(unknown)}, which the data does not have; its columns are ${quoted(known.slice(0, 30))}`);
}

/** The group that others are compared with, null when none is named. levels: the attribute's groups. @throws DataError `unknown-reference` */
export function namedReference(attribute: string, levels: readonly string[], reference: Readonly<Record<string, string>>): string | null {
  if (!Object.hasOwn(reference, attribute)) return null;
  const name = reference[attribute]!;
  if (levels.includes(name)) return name;
  throw new DataError('unknown-reference', `fairness.reference names ${JSON.stringify(name)} for ${attribute}, whose groups are ${quoted(levels.slice(0, 20))}`);
}

/** @throws DataError `unknown-reference` when a reference is of no attribute that is compared. known: those that are. */
export function checkReferenced(reference: Readonly<Record<string, string>>, known: readonly string[]): void {
  for (const attribute of Object.keys(reference)) {
    if (!known.includes(attribute)) throw new DataError('unknown-reference', `fairness.reference names the attribute ${JSON.stringify(attribute)}; there are ${known.join(', ') || 'none'}`);
  }
}
