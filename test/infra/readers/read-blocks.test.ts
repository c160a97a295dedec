import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../infra/readers/read-table.ts';
import { asObject, failureOf, OPTIONS } from './read-options.ts';
import { temporaryFile } from './temporary-file.ts';

const BLOCKS = 'ok\n\t1\t-2\n\t3\t4\n\t5\t6\n\n\nlost\n\t7\t8\n\t9\t10\n\t11\t1.5\n';

describe('labelled blocks', () => {
  it('become a row each, a column for every series and step', async () => {
    const read = await readTable(await temporaryFile(BLOCKS, 'lp.data'), OPTIONS);
    expect(read).toMatchObject({ format: 'blocks', rows: 2, delimiter: null, emptyLines: 0 });
    expect(asObject(read)).toEqual({ block: [1, 2], label: ['ok', 'lost'], f1_t01: [1, 7], f1_t02: [3, 9], f1_t03: [5, 11], f2_t01: [-2, 8], f2_t02: [4, 10], f2_t03: [6, 1.5] });
    expect(read.notes.join()).toContain('3 lines of 2 numbers');
  });

  it('are the same with carriage returns, a byte-order mark, blanks for tabs, blank lines at either end and none between', async () => {
    const plain = asObject(await readTable(await temporaryFile(BLOCKS), OPTIONS));
    for (const text of [BLOCKS.replaceAll('\n', '\r\n'), `\ufeff${BLOCKS}`, BLOCKS.replaceAll('\t', '  '), `\n\n${BLOCKS}\n \n`, BLOCKS.replace('\n\n\n', '\n')]) {
      expect(asObject(await readTable(await temporaryFile(text), OPTIONS))).toEqual(plain);
    }
  });

  it('of several files follow each other, numbered on', async () => {
    const first = await temporaryFile(BLOCKS, 'a.data'), folder = first.slice(0, -'a.data'.length);
    await writeFile(`${folder}b.data`, BLOCKS);
    expect(asObject(await readTable(`${folder}*.data`, OPTIONS))['block']).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['a line with a number too few', BLOCKS.replace('\t9\t10', '\t9'), 'line 9: the line has 1 number, expected 2'],
    ['a line with one too many', BLOCKS.replace('\t5\t6', '\t5\t6\t7'), 'line 4: the line has 3 numbers, expected 2'],
    ['a block with a line too few', BLOCKS.replace('\t9\t10\n', ''), 'line 7: the block "lost" that begins here has 2 lines of numbers, expected 3'],
    ['a block without lines', `${BLOCKS}\nlost\n`, 'line 12: the block "lost" that begins here has 0 lines of numbers, expected 3'],
    ['a blank line within a block', BLOCKS.replace('\t9\t10', '\n\t9\t10'), 'line 7: the block "lost" that begins here has 1 line of numbers, expected 3'],
    ['a block without a label', BLOCKS.replace('lost\n', ''), 'line 7: an indented line stands in no block'],
  ])('%s is told by its line', async (_, text, words) => {
    expect(await failureOf(await temporaryFile(text))).toMatchObject({ code: 'ragged', message: expect.stringContaining(words) as unknown });
  });

  it('of which there is one are too few for an audit', async () => {
    expect((await failureOf(await temporaryFile(BLOCKS.split('\n\n\n')[0]!))).code).toBe('few-rows');
  });

  it('an empty file is none', async () => {
    expect((await failureOf(await temporaryFile('', 'lp.data'))).code).toBe('empty');
  });

  it('a block without end is refused before it fills the memory', async () => {
    expect(await failureOf(await temporaryFile(`ok\n${'\t1\t2\n'.repeat(10_001)}`))).toMatchObject({ code: 'too-large', message: expect.stringContaining('line 1') as unknown });
  });

  it.each([['numbers under a number', '12\n\t1\t2\n'], ['a header of several names', 'a,b\n\t1\t2\n'], ['lines that are not indented', 'a\n1\t2\n'], ['one number a line', 'a\n 1\n 2\n'], ['words', 'a\n\tx\ty\n']])('%s are none', async (_, text) => {
    const format = await readTable(await temporaryFile(text), OPTIONS).then((read) => read.format, (error: Error) => error.message);
    expect(format).not.toBe('blocks');
    expect(format).not.toContain('block');
  });
});
