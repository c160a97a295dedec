import { describe, expect, it } from 'vitest';
import { attributeText, groupText } from '../../reports/group-text.ts';
import { axisLabels, fitText, readableText, textWidth } from '../../reports/readable-text.ts';

describe('text from data, made readable', () => {
  it('shows what would hide or turn text round as its code', () => {
    expect(readableText('a\u202eb\u0000c\ufeffd\u200be')).toBe('a\\u202eb\\u0000c\\ufeffd\\u200be');
    expect(readableText('\ud800x')).toBe('\\ud800x');
  });

  it('keeps letters of every script, and emoji whole', () => {
    expect(readableText('زن Ünïcode 女 👩')).toBe('زن Ünïcode 女 👩');
    expect(readableText('👩👩👩👩', 3)).toBe('👩👩…');
  });

  it('cuts a megabyte at the limit, at once', () => {
    const started = performance.now();
    expect(Array.from(readableText('x'.repeat(1_000_000), 50))).toHaveLength(50);
    expect(performance.now() - started).toBeLessThan(50);
  });

  it('fits labels into the room, and tells cut ones apart', () => {
    const names = ['same beginning of a long name, first', 'same beginning of a long name, second', 'short'];
    const labels = axisLabels(names, 120, 12);
    expect(new Set(labels).size).toBe(3);
    for (const label of labels) expect(textWidth(label, 12)).toBeLessThan(132);
    expect(fitText('short', 120, 12)).toBe('short');
  });

  it('takes intersections apart, and knows a star that is part of a name', () => {
    expect(attributeText('sex*race')).toBe('sex × race');
    expect(groupText('sex*race', String.raw`Fe\*male*Bl\\ack`)).toBe(String.raw`Fe*male × Bl\ack`);
    expect(groupText('grade', 'A*')).toBe('A*');
    expect(groupText('grade', ' ')).toBe('(blank)');
  });
});
