import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../infra/readers/read-table.ts';
import { OPTIONS, asObject, failureOf } from './read-options.ts';
import { temporaryFile } from './temporary-file.ts';

/** Arrow's library for JavaScript leaves the schema out of the messages of a file. */
const FILE = Buffer.from(tableToIPC(tableFromArrays({ n: Float64Array.of(1, 2.5, 3), word: ['x', 'y', 'x'] }), 'file'));

describe('an Arrow file written by JavaScript', () => {
  it.each([['js.arrow', FILE], ['js.arrow.gz', gzipSync(FILE)]])('is read: %s', async (name, bytes) => {
    expect(asObject(await readTable(await temporaryFile(bytes, name), OPTIONS))).toEqual({ n: [1, 2.5, 3], word: ['x', 'y', 'x'] });
  });

  it('is refused when its directory is cut off or no directory', async () => {
    expect(await failureOf(await temporaryFile(FILE.subarray(0, -20), 'js.arrow'))).toMatchObject({ code: 'truncated' });
    const wrong = Buffer.from(FILE);
    wrong.fill(0xff, wrong.length - 60, wrong.length - 10);
    expect((await failureOf(await temporaryFile(wrong, 'js.arrow'))).code).toMatch(/^(damaged|truncated)$/);
  });
});
