import { columnDrift, type DriftMeasure } from '../models/compare/column-drift.ts';
import { domainClassifier } from '../models/compare/domain-classifier.ts';
import { measuredEffect, plainChange, TEXT } from '../models/compare/effect.ts';
import { hashText } from '../models/compare/hash-text.ts';
import { LIMITS } from '../models/compare/judge.ts';
import type { RowMatch } from '../models/compare/match-rows.ts';
import type { Effect } from '../models/compare/types.ts';
import { concatColumns } from '../models/encode/concat-columns.ts';
import { encodeRows } from '../models/encode/encode-rows.ts';
import { fitEncoder } from '../models/encode/fit-encoder.ts';
import { takeRows } from '../models/encode/take-rows.ts';
import type { Matrix } from '../models/outliers/types.ts';
import { wilson } from '../models/stats/wilson.ts';
import type { Table } from '../models/table.ts';
import type { ComparedSide } from './compare-side.ts';

/** Rows of each audit that classifiers and networks look at. */
export const MOST_ROWS = 4_000;

const rolesOf = (side: ComparedSide, name: string): readonly string[] => side.dataset.profile.columns.find((column) => column.name === name)?.roles ?? [];

/** Columns that came, went, or are of another kind or for another purpose; another meaning of the label. */
export function schemaEffects(before: ComparedSide, after: ComparedSide): readonly Effect[] {
  const effects: Effect[] = [], a = new Map(before.dataset.table.columns.map((column) => [column.name, column])), b = new Map(after.dataset.table.columns.map((column) => [column.name, column]));
  for (const name of a.keys()) if (!b.has(name)) effects.push(plainChange('schema', name, 'column_gone', `the column ${name} is gone`));
  for (const [name, column] of b) {
    const other = a.get(name), was = rolesOf(before, name).join(', '), is = rolesOf(after, name).join(', ');
    if (other === undefined) effects.push(plainChange('schema', name, 'column_new', `the column ${name} is new`));
    else if (other.kind !== column.kind) effects.push(plainChange('schema', name, 'column_kind', `the column ${name} holds ${column.kind === 'number' ? 'numbers' : 'categories'}, before ${other.kind === 'number' ? 'numbers' : 'categories'}`));
    else if (was !== is) effects.push(plainChange('schema', name, 'column_role', `the column ${name} is read as ${is}, before as ${was}`));
  }
  const label = before.dataset.profile.label, now = after.dataset.profile.label;
  if (label?.positive !== now?.positive || label?.column !== now?.column) {
    effects.push(plainChange('schema', now?.column ?? label!.column, 'label', `the label is ${now === null ? 'none' : `${now.column} = ${now.positive}`}, before ${label === null ? 'none' : `${label.column} = ${label.positive}`}`));
  }
  return effects;
}

/** Columns of both audits that hold data of the same kind, ids apart. */
function commonColumns(before: ComparedSide, after: ComparedSide): readonly string[] {
  const kinds = new Map(after.dataset.table.columns.map(({ name, kind }) => [name, kind]));
  return before.dataset.table.columns.filter(({ name, kind }) => kinds.get(name) === kind && !rolesOf(before, name).includes('id')).map(({ name }) => name);
}

const WORDS = { smd: 'standardised mean difference', ks: 'Kolmogorov–Smirnov distance', total_variation: 'total variation', missing: 'share of missing values changes by' } as const;
const LIMIT = { smd: LIMITS.smd, ks: LIMITS.ks, total_variation: LIMITS.totalVariation, missing: LIMITS.totalVariation } as const;

function columnEffect(name: string, { measure, value, interval, before, after, note }: DriftMeasure): Effect {
  const text = measure === 'missing' ? TEXT.share : TEXT.three;
  return measuredEffect({ kind: 'column', subject: name, measure, before, after, value: interval === null ? null : value, interval, limit: LIMIT[measure], note, text, what: `${name}: ${WORDS[measure]}` });
}

/** More values than this are text, of which each day brings new ones. */
const MOST_VALUES = 200;

/** Values that a column of categories had in no row before; protected columns have groups instead. */
export function newValueEffects(before: ComparedSide, after: ComparedSide, level: number): readonly Effect[] {
  return commonColumns(before, after).flatMap((name) => {
    const [a, b] = [before, after].map((side) => side.dataset.table.columns.find((column) => column.name === name)!);
    if (a?.kind !== 'category' || b?.kind !== 'category' || a.levels.length > MOST_VALUES || rolesOf(before, name).includes('protected')) return [];
    const known = new Set(a.levels), fresh = b.levels.map((value) => !known.has(value)), rows = b.codes.reduce((sum, code) => sum + (code >= 0 && fresh[code] === true ? 1 : 0), 0);
    if (rows === 0) return [];
    const names = b.levels.filter((_, code) => fresh[code]), shown = names.slice(0, 3).join(', '), n = after.keys.length, told = wilson(rows, n, level)[0] > wilson(0, before.keys.length, level)[1];
    return [{ kind: 'column', subject: name, measure: 'new_value', before: 0, after: rows / n, value: rows / n, interval: wilson(rows, n, level), limit: null, verdict: told ? 'changed' : 'undecided', note: null,
      sentence: `${name}: ${rows} of ${n} rows have a value that was not there before: ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''}${told ? '' : '; chance alone could have kept so rare a value away'}` } satisfies Effect];
  });
}

/** Every measure of every column in common. Level: simultaneous over all of them (Bonferroni). */
export function columnEffects(before: ComparedSide, after: ComparedSide, match: RowMatch, level: number): readonly Effect[] {
  const names = commonColumns(before, after), each = 1 - (1 - level) / Math.max(1, 2 * names.length);
  const find = (side: ComparedSide, name: string) => side.dataset.table.columns.find((column) => column.name === name)!;
  return names.flatMap((name) => columnDrift(find(before, name), find(after, name), match, each).map((measure) => columnEffect(name, measure)))
    // Columns without a value, or of one value throughout, have nothing to drift but what the other measures show.
    .filter((effect) => effect.value !== null);
}

export interface Sampled { readonly first: Uint32Array; readonly second: Uint32Array; readonly units: Int32Array }

/** Rows of both audits, at most MOST_ROWS of each, chosen by their keys so that a row of both is drawn in both or in neither; what is the same row has the same unit. */
export function sampleRows(before: ComparedSide, after: ComparedSide): Sampled {
  const draw = (keys: readonly string[]): Uint32Array => {
    const all = Uint32Array.from(keys.keys());
    if (keys.length <= MOST_ROWS) return all;
    const hashes = Float64Array.from(keys, hashText);
    return all.sort((a, b) => hashes[a]! - hashes[b]! || a - b).subarray(0, MOST_ROWS).sort();
  };
  const first = draw(before.keys), second = draw(after.keys), units = new Map<string, number>();
  const unitOf = (key: string): number => {
    if (!units.has(key)) units.set(key, units.size);
    return units.get(key)!;
  };
  return { first, second, units: Int32Array.from([...Array.from(first, (row) => unitOf(before.keys[row]!)), ...Array.from(second, (row) => unitOf(after.keys[row]!))]) };
}

/** How well a classifier tells the two tables apart by their features and groups. */
export function wholeEffects(before: ComparedSide, after: ComparedSide, sampled: Sampled, level: number): readonly Effect[] {
  const names = commonColumns(before, after).filter((name) => rolesOf(before, name).every((role) => role === 'feature' || role === 'protected'));
  const part = (side: ComparedSide, rows: Uint32Array): Table => takeRows({ rows: side.dataset.table.rows, columns: names.map((name) => side.dataset.table.columns.find((column) => column.name === name)!) }, rows);
  const a = part(before, sampled.first), b = part(after, sampled.second), rows = a.rows + b.rows;
  const both: Table = { rows, columns: a.columns.map((column, i) => concatColumns([column, b.columns[i]!])) };
  const encoder = fitEncoder(both, new Uint8Array(rows), { numbers: 'standard', rolesOf: () => ['feature'] });
  const matrix = (from: number, to: number): Matrix => ({ values: encodeRows(encoder, both, from, to), rows: to - from, columns: encoder.width });
  const found = domainClassifier({ first: matrix(0, a.rows), second: matrix(a.rows, rows), units: sampled.units, level, seed: 0 });
  return found === null ? [] : [aurocEffect('data', 'all columns', 'a classifier tells the rows of the two audits apart with an AUROC of', found)];
}

/** AUROC .5 is no difference, and below it is chance. */
export function aurocEffect(kind: 'data' | 'latent', subject: string, what: string, found: { readonly value: number; readonly interval: readonly [number, number] }): Effect {
  return measuredEffect({ kind, subject, measure: 'auroc', value: found.value, interval: found.interval, limit: LIMITS.auroc, what });
}
