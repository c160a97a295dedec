import { Table, makeVector, tableToIPC } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import { randomStream } from '../models/engine/random.ts';
import { type DensityEstimate, estimateDensity } from '../models/latent/estimate-density.ts';
import { latentMap } from '../models/latent/latent-map.ts';
import { likelihoodHonesty } from '../models/latent/likelihood-honesty.ts';
import { pointsOf } from '../models/latent/points.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import { thinRegions } from '../models/latent/thin-regions.ts';
import type { DensitySummary } from '../models/latent/types.ts';
import { inputOf, putArtifact, putJson } from './artifacts.ts';
import type { DataConfig, DebiasConfig } from './audit-config.ts';
import { type Dataset, loadDataset } from './load-dataset.ts';
import { type Latents, loadLatents } from './load-latents.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef, StageInput, StageOutput } from './types.ts';

export interface DensityStageConfig {
  readonly density: DebiasConfig['density'];
  readonly protected: readonly string[];
  readonly bins: DataConfig['bins'];
}

/** Of the intervals in the table of thin regions. */
const LEVEL = 0.95;
const PART_ROWS = 1 << 20;

/** Where the latent space of the first seed is thin: log density of every row, who lies in the thinnest regions, and a map. */
export const density: Stage<DensityStageConfig> = { name: 'density', version: 2, run };

async function run({ config, inputs, seed }: StageInput<DensityStageConfig>, { store, signal, progress }: StageContext): Promise<StageOutput> {
  const dataset = await loadDataset(store, inputOf(inputs, 'ingest'));
  const latents = await loadLatents(store, inputOf(inputs, 'latents'));
  const estimate = estimateDensity({
    mu: latents.mu, units: latents.units, split: dataset.split, seed, density: config.density,
    report: (fraction, detail) => {
      signal.throwIfAborted();
      progress({ fraction, detail });
    },
  });
  const summary = summarise(dataset, latents, estimate, config, seed);
  const chosen = estimate.candidates.find((candidate) => candidate.chosen)!;
  return {
    artifacts: { summary: [await putJson(store, summary)], density: await putDensity(store, dataset.rowNumbers, estimate) },
    summary: { density: chosen.name, detail: chosen.detail, active: estimate.active.length, heldOut: chosen.heldOut, rows: dataset.table.rows },
  };
}

function summarise({ table, rowNumbers }: Dataset, latents: Latents, estimate: DensityEstimate, config: DensityStageConfig, seed: number): DensitySummary {
  const { active, dimensions, candidates, bic, mixture, furtherMixtures = [], histogramBins, thinAgreement = null, logDensity, fits } = estimate;
  const { single, pairs } = protectedGroupings(table, config.protected, config.bins);
  const honesty = likelihoodHonesty(logDensity, latents.reconstruction);
  const notes = [...estimate.notes, ...(honesty.note === null ? [] : [honesty.note])];
  if (single.length === 0) notes.push('There is no protected attribute, so thin regions are not broken down by group.');
  const map = latentMap(pointsOf(latents.mu, latents.units, dimensions), { logDensity, rowNumbers, groupings: single, random: randomStream(seed, 'latent map') });
  return { active, dimensions, candidates, bic, mixture, furtherMixtures, histogramBins, thinAgreement, complexityCorrelation: honesty.correlation,
    groups: thinRegions(logDensity, [...single, ...pairs], LEVEL, fits), map, notes };
}

/** Arrow files of `row`, `log_density` (the chosen density's) and `histogram_log_density`. */
async function putDensity(store: Store, rowNumbers: Uint32Array, { logDensity, histogramLogDensity }: DensityEstimate): Promise<ArtifactRef[]> {
  const refs: ArtifactRef[] = [];
  for (let start = 0; start < rowNumbers.length; start += PART_ROWS) {
    const part = new Table({
      row: makeVector(rowNumbers.slice(start, start + PART_ROWS)),
      log_density: makeVector(logDensity.slice(start, start + PART_ROWS)),
      histogram_log_density: makeVector(histogramLogDensity.slice(start, start + PART_ROWS)),
    });
    refs.push(await putArtifact(store, tableToIPC(part, 'file'), part.numRows));
  }
  return refs;
}
