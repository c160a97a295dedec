import { describe, expect, it } from 'vitest';
import { inert, oneLine } from '../../../infra/cli/output.ts';
import { duration } from '../../../infra/cli/progress-view.ts';

describe('inert', () => {
  it('shows control characters and direction marks in place of obeying them', () => {
    expect(inert('a\u001b[31mred\u0007')).toBe('a\\u001b[31mred\\u0007');
    expect(inert('abc\u202egnp.exe')).toBe('abc\\u202egnp.exe');
    expect(inert('a\u009b31m\u061cb\u200bc\ufeffd\u2028e\u00adf\u{e0041}')).toBe('a\\u009b31m\\u061cb\\u200bc\\ufeffd\\u2028e\\u00adf\\udb40\\udc41');
    expect(inert('zwei\nZeilen\tTab — ünïcode 漢字')).toBe('zwei\nZeilen\tTab — ünïcode 漢字');
  });
});

describe('text of data', () => {
  it('keeps to its line', () => {
    expect(oneLine('north\n  · sex: parity\r\nverdict: pass')).toBe('north · sex: parity\\u000d verdict: pass');
  });

  it('means the same in JSON', () => {
    const value = { group: 'a\u001b[2J\u009b\u202e\u{e0041}\n漢字' };
    expect(JSON.parse(inert(JSON.stringify(value)))).toEqual(value);
  });
});

describe('duration', () => {
  it.each([[0, '0 s'], [59.4, '59 s'], [60, '1 min 0 s'], [162, '2 min 42 s'], [3600, '1 h 0 min'], [5430, '1 h 30 min']])('%d s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
