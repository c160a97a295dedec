import { beforeAll, describe, expect, it } from 'vitest';
import { trainNetwork } from '../../../models/engine/train-network.ts';
import { betaNetworks } from '../../../models/networks/rate-distortion.ts';
import type { TrainingSummary } from '../../../models/networks/types.ts';
import { smallTask, useBackend } from '../engine/fixture.ts';

/** A training and its summary, as the train stage stores it. */
async function trained(beta: number, seed: number, epochs = 6): Promise<{ summary: TrainingSummary; reconstruction: number; kl: number; loss: number }> {
  const { records, bestEpoch, stopped, final } = await trainNetwork(smallTask({ beta, seed, epochs, rate: 1e-2 }));
  return { reconstruction: final.reconstruction, kl: final.kl, loss: final.loss, summary: { seed, backend: 'wasm', computedOn: null, sampledRows: null, network: 'vae', parameters: 1, epochs: records, bestEpoch, stopped, klPerUnit: final.klPerUnit, muVariance: final.muVariance } };
}

describe('rate and distortion', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([0.25, 1, 4])('are those that an evaluation of the network gives on validation rows, at β = %d', async (beta) => {
    const all = [await trained(beta, 5), await trained(beta, 6)], { networks, kl, elbo } = betaNetworks(beta, all.map(({ summary }) => summary));
    for (const [i, { seed, ...network }] of networks.entries()) {
      expect(seed).toBe(5 + i);
      expect(network.loss).toBeCloseTo(all[i]!.loss, 4);
      expect(network.kl).toBeCloseTo(all[i]!.kl, 4);
      expect(network.reconstruction).toBeCloseTo(all[i]!.reconstruction, 3);
      expect(network.elbo).toBeCloseTo(-all[i]!.reconstruction - all[i]!.kl, 3);
    }
    expect(kl.mean).toBeCloseTo((networks[0]!.kl + networks[1]!.kl) / 2, 12);
    expect([elbo.lowest, elbo.highest]).toEqual(networks.map((network) => network.elbo).sort((a, b) => a - b));
  });

  it('say so where a large β makes the code say nothing', async () => {
    const { activeUnits, kl } = betaNetworks(64, [(await trained(64, 5, 30)).summary]);
    expect(activeUnits).toEqual({ mean: 0, lowest: 0, highest: 0 });
    expect(kl.mean).toBeLessThan(0.05);
  });
});
