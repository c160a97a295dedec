import type { Store } from '../infra/store/store.ts';
import { columnDrift } from '../models/compare/column-drift.ts';
import { domainClassifier } from '../models/compare/domain-classifier.ts';
import { measuredEffect } from '../models/compare/effect.ts';
import { LIMITS } from '../models/compare/judge.ts';
import { matchRows } from '../models/compare/match-rows.ts';
import type { Effect } from '../models/compare/types.ts';
import { encodeRows as encodeFeatures } from '../models/encode/encode-rows.ts';
import { takeRows } from '../models/encode/take-rows.ts';
import type { Network } from '../models/engine/network.ts';
import { activeUnits } from '../models/latent/points.ts';
import { encodeRows, INFERENCE_BATCH } from '../models/networks/infer.ts';
import type { Matrix } from '../models/outliers/types.ts';
import type { NumberColumn } from '../models/table.ts';
import { aurocEffect, type Sampled } from './compare-data.ts';
import type { ComparedSide } from './compare-side.ts';
import { loadModel, networkOf, type TrainedModel } from './load-model.ts';
import { startEngine } from './start-engine.ts';

/** Latent means of some rows of a side, by the network of `model`: two networks' spaces are not to be compared axis by axis. */
function placeRows(side: ComparedSide, rows: Uint32Array, { columns, parameters }: TrainedModel, network: Network): Matrix {
  const table = takeRows(side.dataset.table, rows), { units, width } = network;
  const mu = new Float32Array(rows.length * units);
  const x = encodeFeatures({ width, columns, omitted: [] }, table, 0, rows.length);
  for (let row = 0; row < rows.length; row += INFERENCE_BATCH) {
    mu.set(encodeRows(network, parameters, x.subarray(row * width, Math.min(rows.length, row + INFERENCE_BATCH) * width)).mu, row * units);
  }
  return { values: mu, rows: rows.length, columns: units };
}

const unitColumn = ({ values, rows, columns }: Matrix, unit: number): NumberColumn => ({ kind: 'number', name: `z${unit}`, values: Float64Array.from({ length: rows }, (_, row) => values[row * columns + unit]!) });

/**
 * Latent drift: rows of both audits placed by the first audit's first network, so that another training moves nothing; each active unit by its
 * mean and its distribution, and all of them by a classifier.
 * @returns effects, or why there are none
 */
export async function latentEffects(store: Store, before: ComparedSide, after: ComparedSide, sampled: Sampled, level: number): Promise<readonly Effect[] | string> {
  const train = before.inputs.train?.[0];
  if (train === undefined) return 'no network was trained in the first audit: latent drift is not measured';
  const model = await loadModel(store, train), lacking = model.columns.filter(({ name, kind }) => { const column = after.dataset.table.columns.find((each) => each.name === name); return column === undefined || (kind === 'number' && column.kind !== 'number'); });
  if (lacking.length > 0) return `the first audit's network reads ${lacking.map(({ name }) => name).join(', ')}, which the second has not or in another kind: latent drift is not measured`;
  await startEngine('auto');
  const network = networkOf(model), a = placeRows(before, sampled.first, model, network), b = placeRows(after, sampled.second, model, network);
  const active = activeUnits(a.values, network.units), each = 1 - (1 - level) / Math.max(1, 2 * active.length);
  const match = matchRows(Array.from(sampled.first, (row) => before.keys[row]!), Array.from(sampled.second, (row) => after.keys[row]!));
  const byUnit = active.flatMap((unit) => columnDrift(unitColumn(a, unit), unitColumn(b, unit), match, each).filter(({ measure }) => measure !== 'missing').map((found) =>
    measuredEffect({ kind: 'latent', subject: `z${unit}`, measure: found.measure, before: found.before, after: found.after, value: found.value, interval: found.interval, limit: found.measure === 'ks' ? LIMITS.ks : LIMITS.smd, note: found.note,
      what: `latent unit ${unit}: ${found.measure === 'ks' ? 'Kolmogorov–Smirnov distance' : 'standardised mean difference'}` })));
  const whole = domainClassifier({ first: a, second: b, units: sampled.units, level, seed: 0 });
  return [...(whole === null ? [] : [aurocEffect('latent', 'latent space', 'a classifier tells the two audits’ places in latent space apart with an AUROC of', whole)]), ...byUnit];
}
