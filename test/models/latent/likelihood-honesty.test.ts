import { describe, expect, it } from 'vitest';
import { likelihoodHonesty } from '../../../models/latent/likelihood-honesty.ts';

const ramp = Float64Array.from({ length: 50 }, (_, i) => i);
const saw = ramp.map((value) => (value * 17) % 50);

describe('likelihoodHonesty', () => {
  it('warns when log density follows reconstruction cost, in either direction', () => {
    const { correlation, note } = likelihoodHonesty(ramp, ramp.map((value) => -2 * value + (value % 3)));
    expect(correlation).toBeLessThan(-0.99);
    expect(note).toContain('-1.00');
    expect(likelihoodHonesty(ramp, ramp).note).toContain('likelihood ranks complexity');
  });

  it('is silent when it does not', () => {
    const { correlation, note } = likelihoodHonesty(ramp, saw);
    expect(Math.abs(correlation!)).toBeLessThan(0.5);
    expect(note).toBeNull();
  });

  it('leaves rows without a finite cost out, and says when nothing varies', () => {
    const holes = Float64Array.from([...ramp.slice(0, 48), Number.NaN, Infinity]);
    expect(likelihoodHonesty(ramp, holes).correlation).toBeCloseTo(1, 12);
    expect(likelihoodHonesty(ramp, new Float64Array(50))).toEqual({ correlation: null, note: expect.stringContaining('does not vary') });
  });
});
