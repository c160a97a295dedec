import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readData } from '../../../infra/guess/read-data.ts';

let folder = '', path = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-read-data-'));
  path = join(folder, 'many.csv');
  await writeFile(path, `n,word\n${Array.from({ length: 40_000 }, (_, row) => `${row},w${row % 7}`).join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('readData', () => {
  it('looks at so many rows at equal distance where there are more, and says so', async () => {
    const { table, rows, reading } = await readData(path, undefined, 5_000), n = table.columns[0]!, word = table.columns[1]!;
    expect([table.rows, rows]).toEqual([5_000, 40_000]);
    expect(n.kind === 'number' && [...n.values]).toEqual(Array.from({ length: 5_000 }, (_, i) => 8 * i));
    expect(word.kind === 'category' && [...word.codes].every((code, i) => word.levels[code] === `w${(8 * i) % 7}`)).toBe(true);
    expect(reading.notes).toEqual(['looked at 5,000 of 40,000 rows, at equal distance; the audit reads them all']);
  });

  it('looks at all rows of less', async () => {
    const { table, rows, reading } = await readData(path);
    expect([table.rows, rows, reading.notes]).toEqual([40_000, 40_000, []]);
  });
});
