import { describe, expect, it } from 'vitest';
import { verdictMark } from '../../reports/sections/verdict-mark.ts';

describe('verdictMark', () => {
  it('is full for what stands after the adjustment, hollow for what stands only alone', () => {
    expect(String(verdictMark('disparity'))).toContain('◆</span> disparity<');
    const hollow = String(verdictMark('disparity', false));
    expect(hollow).toContain('◇</span> disparity before adjustment only');
    expect(hollow).not.toContain('◆');
    expect(String(verdictMark('parity', false))).toContain('●</span> parity<');
    expect(String(verdictMark(null))).toContain('no verdict');
  });
});
