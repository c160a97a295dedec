import { decodedMeans } from '../models/networks/decoded-means.ts';
import type { Inference } from '../models/networks/inference.ts';
import type { BackendChoice } from './audit-config.ts';
import { inferenceOf } from './inference-of.ts';
import type { TrainedModel } from './load-model.ts';
import { startEngine } from './start-engine.ts';

/** The model that was asked for last: a stage decodes many times from the same one. */
let atWork: { readonly model: TrainedModel; readonly backend: string; readonly inference: Inference } | null = null;

function inferenceFor(model: TrainedModel, backend: Awaited<ReturnType<typeof startEngine>>): Inference {
  if (atWork === null || atWork.model !== model || atWork.backend !== backend) {
    atWork?.inference.dispose();
    atWork = { model, backend, inference: inferenceOf(model, backend) };
  }
  return atWork.inference;
}

/**
 * Decoder means as encoded features: numbers their standardised mean, categories probabilities, missing indicators the probability
 * of missing. z: [m, units] → [m, width].
 * @throws RangeError when z does not fit the model; DataError `backend-unavailable`.
 */
export async function decodeLatents(model: TrainedModel, z: Float32Array, units: number, backend: BackendChoice): Promise<Float32Array> {
  if (units !== model.shape.units || z.length % units !== 0) {
    throw new RangeError(`the model decodes ${model.shape.units} latent dimensions, not ${z.length} values in rows of ${units}`);
  }
  const inference = inferenceFor(model, await startEngine(backend));
  return decodedMeans(model.columns, await inference.decode(z), model.shape.width);
}
