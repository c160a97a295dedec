import { expect, it } from 'vitest';
import { getExactJson, putExactJson } from '../../activities/exact-json.ts';
import { MemoryStore } from './memory-store.ts';

it('what a task hands on comes back as it was: all digits, lists of doubles, numbers that JSON has no word for, texts that look like marks', async () => {
  const store = new MemoryStore();
  const value = { third: 1 / 3, tiny: 5e-324, edges: [-Infinity, 0.1, Infinity], means: Float64Array.of(Math.PI, Number.NaN, -Infinity), nothing: null, number: 'Infinity', list: [{ float64: 'no list', more: 1 }] };
  expect(await getExactJson(store, await putExactJson(store, value))).toEqual(value);
});
