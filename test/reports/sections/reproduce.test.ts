import { describe, expect, it } from 'vitest';
import { reproduceSection } from '../../../reports/sections/reproduce.ts';
import { reportFixture } from '../fixture.ts';

const MACHINE = 'tensorflow 2.18.1 (CPU build) on 1 thread, x64 avx2 fma, caches 32K 1024K';

describe('reproduceSection', () => {
  it('says what else the bytes depend on where the backend is native, and nothing of it elsewhere', () => {
    const input = reportFixture();
    expect(String(reproduceSection(input))).not.toContain('number of threads');
    const text = String(reproduceSection({ ...input, backend: 'tensorflow', computedOn: [MACHINE, '<b>other'] }));
    expect(text).toContain('same instructions, caches and number of threads');
    expect(text).toContain(`trained by ${MACHINE}; &lt;b&gt;other.`);
  });
});
