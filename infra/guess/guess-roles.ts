import { markPositive } from '../../models/encode/mark-positive.ts';
import type { Table } from '../../models/table.ts';
import { knowColumn, quoted, type KnownColumn } from './column-facts.ts';
import { guessDecisions } from './guess-decisions.ts';
import { guessKeys } from './guess-keys.ts';
import { guessLabel } from './guess-label.ts';
import { guessLeaks } from './guess-leaks.ts';
import { guessProtected } from './guess-protected.ts';
import type { ExcludeGuess, Guesses, Reading } from './types.ts';

/** What each column is for, guessed from names and values. unreadable: columns whose words among numbers the audit would refuse. */
export function guessRoles(table: Table, reading: Reading, unreadable: readonly ExcludeGuess[]): Guesses {
  const columns = table.columns.map(knowColumn), byName = new Map(columns.map((column) => [column.name, column]));
  const usable = columns.filter((column) => !unreadable.some((each) => each.column === column.name));
  const keys = guessKeys(usable, table.rows);
  const used = new Set([keys.id, keys.cluster, keys.sequence, keys.time].map((guess) => guess?.value));
  const keyed = new Set(keys.exclude.map((each) => each.column));
  const free = usable.filter((column) => !used.has(column.name) && !keyed.has(column.name));
  const people = guessProtected(free, reading.columns !== null);
  const groundOf = new Set([...people.protected, ...people.passedOver].map((each) => each.column));
  const plain = free.filter((column) => !groundOf.has(column.name));
  const outcome = guessLabel(plain, columns.length, reading.columns !== null);
  const label = outcome.label === null ? null : byName.get(outcome.label.value)!;
  const positive = outcome.positive?.value ?? null;
  const decisions = guessDecisions(plain.filter((column) => column !== label), label === null ? null : { column: label, positive });
  const taken = new Set([label?.name, decisions.score?.value, decisions.prediction?.value, ...decisions.exclude.map((each) => each.column)]);
  const features = free.filter((column) => !taken.has(column.name));
  const leaks = label === null || positive === null ? { exclude: [], doubts: [] }
    : guessLeaks([...features, ...keyColumns(keys.exclude, byName)], { name: label.name, marks: markPositive(label.column, positive), declared: reading.format === 'npz' || reading.format === 'blocks' });
  const leaking = new Set(leaks.exclude.map((each) => each.column));
  const passedOver = people.passedOver.map(({ column, ground, why }) => `${quoted(column)} speaks of ${ground} and was not made a protected attribute: ${why}`);
  return {
    rows: table.rows, columns: columns.map(({ name, kind, missing, distinct }) => ({ name, kind, missing, distinct })), reading,
    id: keys.id, cluster: keys.cluster, sequence: keys.sequence, time: keys.time,
    label: outcome.label, positive: outcome.positive, score: decisions.score, prediction: decisions.prediction, threshold: decisions.threshold,
    protected: people.protected.filter((each) => !leaking.has(each.column)),
    exclude: [...leaks.exclude, ...decisions.exclude, ...unreadable, ...keys.exclude.filter((each) => !leaking.has(each.column))],
    doubts: [...shapeDoubts(table), ...labelDoubts(outcome.label !== null, outcome.others), ...decisions.doubts, ...passedOver, ...leaks.doubts, ...keys.doubts],
  };
}

function keyColumns(exclude: readonly ExcludeGuess[], byName: ReadonlyMap<string, KnownColumn>): readonly KnownColumn[] {
  return exclude.filter((each) => each.kind === 'date' || each.kind === 'identifier').map((each) => byName.get(each.column)!);
}

function labelDoubts(found: boolean, others: readonly string[]): readonly string[] {
  if (others.length === 0) return found ? [] : ['no column looks like a label: without one the audit tells of density and outliers, and of decisions when there are any'];
  return [found ? `other columns that could be the label: ${others.map(quoted).join(', ')}; if one only restates it, put it into exclude` : `no column is surely a label; these could be: ${others.map(quoted).join(', ')}`];
}

function shapeDoubts(table: Table): readonly string[] {
  const repeated = headerRows(table), { columns } = table, [only] = columns;
  if (repeated.length > 0) return [`the header line stands in the data again, as ${repeated.length === 1 ? 'row' : 'rows'} ${repeated.slice(0, 5).join(', ')}${repeated.length > 5 ? ' …' : ''}: that makes text of columns of numbers; take it out of the file and run init again`];
  if (columns.length !== 1 || only?.kind !== 'category' || only.levels.filter((level) => /[\s,;|]/.test(level)).length < only.levels.length / 2) return [];
  return ['the file was read as one column of text: if its cells are separated by something else, set delimiter; if it is no table, make one of it'];
}

/** 0-based rows in which most cells are the name of their column. */
function headerRows({ rows, columns }: Table): readonly number[] {
  const named = columns.flatMap((column) => (column.kind === 'category' && column.levels.includes(column.name) ? [{ codes: column.codes, code: column.levels.indexOf(column.name) }] : []));
  if (columns.length < 2 || 2 * named.length <= columns.length) return [];
  return Array.from({ length: rows }, (_, row) => row).filter((row) => 2 * named.filter(({ codes, code }) => codes[row] === code).length > columns.length);
}
