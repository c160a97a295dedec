import { describe, expect, it } from 'vitest';
import { MemorySorter } from '../../../models/encode/ascending.ts';
import { LevelCounts } from '../../../models/encode/level-counts.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { TEST, TRAIN } from '../../../models/table.ts';

/** Parts of a column in which one row of ten has one of 40 frequent words and the others have words of their own. */
function* parts(rows: number, size: number): Generator<{ codes: Int32Array; levels: string[]; split: Uint8Array }> {
  const random = randomStream(4, 'test/level counts');
  for (let start = 0; start < rows; start += size) {
    const words = Array.from({ length: Math.min(size, rows - start) }, (_, i) => (random.integer(10) === 0 ? `often${random.integer(40)}` : `once${start + i}`)), levels = [...new Set(words)];
    const codeOf = new Map(levels.map((level, code) => [level, code]));
    yield { levels, codes: Int32Array.from(words, (word, i) => (i % 50 === 0 ? -1 : codeOf.get(word)!)), split: Uint8Array.from(words, () => (random.integer(4) === 0 ? TEST : TRAIN)) };
  }
}

describe('levels counted by parts', () => {
  it.each([[2000, true], [200_000, false]])('of %d rows', (rows, isWhole) => {
    const counts = new LevelCounts(() => new MemorySorter()), truth = new Map<string, number>();
    let missing = 0, train = 0;
    const seen = new Set<string>();
    for (const { codes, levels, split } of parts(rows, 1000)) {
      counts.add({ kind: 'category', name: 'word', codes, levels }, split);
      codes.forEach((code, i) => {
        if (code >= 0) seen.add(levels[code]!);
        if (code < 0) missing++;
        else if (split[i] === TRAIN) truth.set(levels[code]!, (truth.get(levels[code]!) ?? 0) + 1);
        train += Number(split[i] === TRAIN);
      });
    }
    expect([counts.rows, counts.trainRows, counts.missing, counts.isWhole]).toEqual([rows, train, missing, isWhole]);
    expect(counts.levels.size).toBeLessThanOrEqual(65_536);
    const most = isWhole ? 0 : rows / 32_768;
    for (let k = 0; k < 40; k++) {
      const exact = truth.get(`often${k}`)!, counted = counts.levels.get(`often${k}`)!;
      expect(counted).toBeLessThanOrEqual(exact);
      expect(counted).toBeGreaterThanOrEqual(exact - most);
    }
    // Small parts name levels of which all rows may be missing.
    expect(Math.abs(counts.distinct - seen.size)).toBeLessThanOrEqual(rows / 50);
  });

  it('long texts leave room for each other', () => {
    const counts = new LevelCounts(() => new MemorySorter()), long = 'x'.repeat(3_000_000), levels = Array.from({ length: 20 }, (_, i) => `${long}${i}`);
    counts.add({ kind: 'category', name: 'word', codes: Int32Array.from(levels.keys()), levels }, new Uint8Array(20));
    expect([counts.isWhole, counts.distinct]).toEqual([false, 20]);
    expect([...counts.levels.keys()].join('').length).toBeLessThanOrEqual(16 * 1024 * 1024);
  });
});
