import { graphLoader } from '../infra/trainer/graph-loader.ts';
import type { BackendName } from '../models/engine/backend.ts';
import { capturedInference } from '../models/networks/captured-inference.ts';
import { eagerInference } from '../models/networks/inference.ts';
import type { Inference } from '../models/networks/inference.ts';
import { networkOf } from './load-model.ts';
import type { TrainedModel } from './load-model.ts';

/** A stored network at work on the backend that was started; to be disposed of. */
export function inferenceOf(model: TrainedModel, backend: BackendName): Inference {
  const network = networkOf(model);
  return backend === 'tensorflow' ? capturedInference(network, model.parameters, model.columns, graphLoader) : eagerInference(network, model.parameters, model.columns);
}
