import { describe, expect, it } from 'vitest';
import { inert } from '../../../infra/cli/output.ts';
import { duration } from '../../../infra/cli/progress-view.ts';

describe('inert', () => {
  it('shows control characters and direction marks in place of obeying them', () => {
    expect(inert('a\u001b[31mred\u0007')).toBe('a\\u001b[31mred\\u0007');
    expect(inert('abc\u202egnp.exe')).toBe('abc\\u202egnp.exe');
    expect(inert('zwei\nZeilen\tTab — ünïcode 漢字')).toBe('zwei\nZeilen\tTab — ünïcode 漢字');
  });
});

describe('duration', () => {
  it.each([[0, '0 s'], [59.4, '59 s'], [60, '1 min 0 s'], [162, '2 min 42 s'], [3600, '1 h 0 min'], [5430, '1 h 30 min']])('%d s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
