import { graphLoader } from '../infra/trainer/graph-loader.ts';
import type { BackendName } from '../models/engine/backend.ts';
import { capturedInference } from '../models/networks/captured-inference.ts';
import { deviceInference } from '../models/networks/device-inference.ts';
import { eagerInference } from '../models/networks/inference.ts';
import type { Inference } from '../models/networks/inference.ts';
import { networkOf } from './load-model.ts';
import type { TrainedModel } from './load-model.ts';

/** A stored network at work on the backend that was started; to be disposed of. */
export function inferenceOf(model: TrainedModel, backend: BackendName): Inference {
  const network = networkOf(model);
  if (backend === 'tensorflow') return capturedInference(network, model.parameters, model.columns, graphLoader);
  return (backend === 'webgpu' ? deviceInference : eagerInference)(network, model.parameters, model.columns);
}
