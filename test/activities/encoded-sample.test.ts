import { expect, it } from 'vitest';
import { sampleEncoded } from '../../activities/encoded-sample.ts';
import { encodedRows, storeEncoded } from './encoded-fixture.ts';
import { MemoryStore } from './memory-store.ts';

const ROWS = 300;

it.each([['all rows', ROWS], ['a sample', 120]])('%s lie in memory that threads share where they are many, with the same values', async (_, most) => {
  const store = new MemoryStore(), encode = await storeEncoded(store, encodedRows(ROWS), 70);
  const own = await sampleEncoded(store, encode, most, 1), shared = await sampleEncoded(store, encode, most, 1, 0);
  expect(shared.encoded.x.values.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(own.encoded.x.values.buffer).toBeInstanceOf(ArrayBuffer);
  expect(shared.rows).toEqual(own.rows);
  expect(shared.encoded).toEqual(own.encoded);
});
