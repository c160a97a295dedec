import type { CategoryColumn, Column, NumberColumn, Table } from '../table.ts';
import { MISSING, RARE } from './fit-encoder.ts';
import { toFeature } from './number-transform.ts';
import type { CategoryCode, Encoder, NumberCode } from './types.ts';

/**
 * The rows [start, end) as features: [end − start, encoder.width] row-major. A level without a feature of its own goes to `(rare)`, a
 * missing one to `(missing)`; where the encoder has no such level all features of the column stay 0.
 * @throws RangeError when the table lacks a column of the encoder, or has it in another kind.
 */
export function encodeRows(encoder: Encoder, table: Table, start: number, end: number): Float32Array {
  const x = new Float32Array((end - start) * encoder.width);
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  for (const code of encoder.columns) {
    const column = columns.get(code.name);
    if (column === undefined) throw new RangeError(`the table has no column ${JSON.stringify(code.name)}, which the encoder reads`);
    if (code.kind === 'number') encodeNumber(code, asNumber(column), { x, width: encoder.width, start, end });
    else encodeCategory(code, column, { x, width: encoder.width, start, end });
  }
  return x;
}

/** A value that lies further out than this many standard deviations of the train part: float32 would make it infinite. */
const LARGEST = 1e6;

interface Target {
  readonly x: Float32Array;
  readonly width: number;
  readonly start: number;
  readonly end: number;
}

function asNumber(column: Column): NumberColumn {
  if (column.kind !== 'number') throw new RangeError(`the column ${JSON.stringify(column.name)} holds categories, and the encoder reads numbers`);
  return column;
}

function encodeNumber(code: NumberCode, { values }: NumberColumn, { x, width, start, end }: Target): void {
  for (let row = start, at = code.offset; row < end; row++, at += width) {
    const value = values[row]!, isMissing = Number.isNaN(value);
    x[at] = Math.min(LARGEST, Math.max(-LARGEST, toFeature(code.transform, isMissing ? code.fill : value)));
    if (code.missingIndicator) x[at + 1] = Number(isMissing);
  }
}

function encodeCategory(code: CategoryCode, column: Column, { x, width, start, end }: Target): void {
  const featureOf = featureFinder(code, column);
  for (let row = start, at = code.offset; row < end; row++, at += width) {
    const feature = featureOf(row);
    if (feature >= 0) x[at + feature] = 1;
  }
}

/** The feature (0 … width − 1) of a row's level, or -1. */
function featureFinder(code: CategoryCode, column: Column): (row: number) => number {
  const positions = new Map(code.levels.map((level, i) => [level, i]));
  const missing = positions.get(MISSING) ?? -1, rare = positions.get(RARE) ?? -1;
  if (column.kind === 'category') return levelFinder(column, positions, missing, rare);
  return (row) => (Number.isNaN(column.values[row]!) ? missing : (positions.get(String(column.values[row]! + 0)) ?? rare));
}

function levelFinder(column: CategoryColumn, positions: ReadonlyMap<string, number>, missing: number, rare: number): (row: number) => number {
  const features = column.levels.map((level) => positions.get(level) ?? rare);
  return (row) => (column.codes[row]! < 0 ? missing : features[column.codes[row]!]!);
}
