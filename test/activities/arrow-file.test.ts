import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { joinedArrowFile } from '../../activities/arrow-file.ts';
import { writeDataset } from '../../activities/write-dataset.ts';
import type { Column } from '../../models/table.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const WORDS = ['x', 'y'];

/** Rows [start, end): a number, a column of shared words and one of words of its own, all with gaps. */
function columns(start: number, end: number): Column[] {
  const rows = Array.from({ length: end - start }, (_, i) => start + i);
  return [
    { kind: 'number', name: 'n', values: Float64Array.from(rows, (row) => (row % 5 === 2 ? Number.NaN : row / 4)) },
    { kind: 'category', name: 'shared', levels: WORDS, codes: Int32Array.from(rows, (row) => (row % 7 === 0 ? -1 : row % 2)) },
    { kind: 'category', name: 'own', levels: rows.map((row) => `w${row}`), codes: Int32Array.from(rows, (row, i) => (row % 3 === 1 ? -1 : i)) },
  ];
}

describe('stored parts as one Arrow file', () => {
  it('hold the rows of all parts, whatever their dictionaries', async () => {
    const store = new MemoryStore(), context = testContext(store), refs = [];
    for (const [start, end] of [[0, 40], [40, 41], [41, 100]] as const) {
      refs.push(...(await writeDataset({ table: { rows: end - start, columns: columns(start, end) }, rowNumbers: Uint32Array.from({ length: end - start }, (_, i) => start + i), split: new Uint8Array(end - start) }, new Map([['n', ['feature']]]), context)));
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of joinedArrowFile(store, refs)) chunks.push(chunk);
    const table = tableFromIPC(Buffer.concat(chunks));
    expect([table.numRows, table.batches.length, table.schema.fields.map(({ name }) => name)]).toEqual([100, 3, ['row', 'split', 'n', 'shared', 'own']]);
    expect(table.schema.fields[2]!.metadata.get('penumbra.roles')).toBe('feature');
    const read = (name: string): unknown[] => Array.from({ length: 100 }, (_, row) => table.getChild(name)!.get(row) as unknown), rows = Array.from({ length: 100 }, (_, row) => row);
    expect(read('row')).toEqual(rows);
    expect(read('n')).toEqual(rows.map((row) => (row % 5 === 2 ? null : row / 4)));
    expect(read('shared')).toEqual(rows.map((row) => (row % 7 === 0 ? null : WORDS[row % 2])));
    expect(read('own')).toEqual(rows.map((row) => (row % 3 === 1 ? null : `w${row}`)));
  });
});
