import { beforeAll, describe, expect, it } from 'vitest';
import { stepNoise } from '../../../models/engine/batches.ts';
import { EagerStep } from '../../../models/engine/eager-step.ts';
import { EvaluationNoise, evaluate, scoreBatch } from '../../../models/engine/evaluate.ts';
import type { Evaluation } from '../../../models/engine/evaluate.ts';
import { initialParameters, parameterViews } from '../../../models/engine/parameters.ts';
import { encodeRows } from '../../../models/networks/infer.ts';
import { encodedRows } from '../../activities/encoded-fixture.ts';
import { smallVae, useBackend } from './fixture.ts';

const N = 1500, { x } = encodedRows(N), network = smallVae(), parameters = initialParameters(network.parameters, 1);
// A unit whose code is constant: neither mean nor variance looks at the row.
const [, , codeWeight] = parameterViews(network.parameters, parameters);
for (let i = 0; i < codeWeight!.length; i += 3) codeWeight![i] = 0;

function evaluation(beta: number, rows = N): Promise<Evaluation> {
  const step = new EagerStep(network, parameters, { data: { x }, clip: 50 });
  return evaluate({ network, step, rows: Uint32Array.from({ length: rows }, (_, row) => row), beta, noise: new EvaluationNoise(rows, network.noiseWidth, 3), pause: () => Promise.resolve() });
}

describe('evaluate', () => {
  beforeAll(() => useBackend('wasm'));

  it('weighs batches by their rows, and counts the KL at the beta it is given', async () => {
    const { loss, reconstruction, kl, klPerUnit } = await evaluation(2);
    expect(loss).toBeCloseTo(reconstruction + 2 * kl, 4);
    expect(kl).toBeCloseTo(klPerUnit.reduce((sum, unit) => sum + unit, 0), 4);
    expect((await evaluation(1)).reconstruction).toBe(reconstruction);
  });

  it('gives the variance of μ and the KL of each unit over all rows', async () => {
    const { muVariance, klPerUnit } = await evaluation(1), { mu, logVar } = encodeRows(network, parameters, x);
    for (const unit of [0, 1, 2]) {
      const rows = Array.from({ length: N }, (_, row) => 3 * row + unit), mean = rows.reduce((sum, i) => sum + mu[i]!, 0) / N;
      expect(muVariance[unit]).toBeCloseTo(rows.reduce((sum, i) => sum + (mu[i]! - mean) ** 2, 0) / N, 5);
      expect(klPerUnit[unit]).toBeCloseTo(rows.reduce((sum, i) => sum + 0.5 * (mu[i]! ** 2 + Math.exp(logVar[i]!) - 1 - logVar[i]!), 0) / N, 5);
    }
    expect(muVariance.map((variance) => variance > 0.01)).toEqual([false, true, true]);
  });

  it('takes as many rows at once as their width lets it, and the same noise for each however it is asked for', () => {
    expect([1, 108, 784, 12_288, 1e6].map(scoreBatch)).toEqual([8192, 8192, 1024, 1024, 1024]);
    const rows = 2500, kept = new EvaluationNoise(rows, 3, 7), drawn = new EvaluationNoise(4_000_000, 3, 7);
    expect(kept.of(1024, 2500)).toEqual(kept.of(0, rows).subarray(3 * 1024));
    expect(kept.of(1024, 2048)).toEqual(stepNoise(3 * 1024, 7, 'validation noise', 0, 1));
    expect(drawn.of(1024, 3072)).toEqual(Float32Array.of(...stepNoise(3 * 1024, 7, 'validation noise', 0, 1), ...stepNoise(3 * 1024, 7, 'validation noise', 0, 2)));
  });

  it('holds for a single row', async () => expect((await evaluation(1, 1)).muVariance).toEqual([0, 0, 0]));
});
