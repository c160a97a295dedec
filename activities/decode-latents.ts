import { decodedMeans } from '../models/networks/decoded-means.ts';
import { decodeRows } from '../models/networks/infer.ts';
import type { BackendChoice } from './audit-config.ts';
import { networkOf } from './load-model.ts';
import type { TrainedModel } from './load-model.ts';
import { startEngine } from './start-engine.ts';

/**
 * Decoder means as encoded features: numbers their standardised mean, categories probabilities, missing indicators the probability
 * of missing. z: [m, units] → [m, width].
 * @throws RangeError when z does not fit the model; DataError `backend-unavailable`.
 */
export async function decodeLatents(model: TrainedModel, z: Float32Array, units: number, backend: BackendChoice): Promise<Float32Array> {
  if (units !== model.shape.units || z.length % units !== 0) {
    throw new RangeError(`the model decodes ${model.shape.units} latent dimensions, not ${z.length} values in rows of ${units}`);
  }
  await startEngine(backend);
  const network = networkOf(model);
  return decodedMeans(model.columns, decodeRows(network, model.parameters, z), network.width);
}
