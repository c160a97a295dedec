import { graphLoader } from '../infra/trainer/graph-loader.ts';
import type { BackendName } from '../models/engine/backend.ts';
import { CapturedStep } from '../models/engine/capture/captured-step.ts';
import type { Precision } from '../models/engine/capture/rewrite.ts';
import { stepsPerCall } from '../models/engine/capture/steps-per-call.ts';
import { DeviceStep } from '../models/engine/device-step.ts';
import { EagerStep } from '../models/engine/eager-step.ts';
import type { Network } from '../models/engine/network.ts';
import type { TrainingTask } from '../models/engine/train-network.ts';
import type { OptimiserOptions, StepData } from '../models/engine/training-step.ts';

export interface StepMakerOptions extends OptimiserOptions {
  readonly backend: BackendName;
  readonly data: StepData;
  readonly precision: Precision;
}

/** Steps as the backend takes them fastest: captured in a graph on tensorflow, kept on the device on webgpu, kernel by kernel elsewhere. */
export function stepMaker(network: Network, { backend, precision, ...options }: StepMakerOptions): TrainingTask['makeStep'] {
  return (parameters, shapes) => {
    if (backend === 'webgpu') return new DeviceStep(network, parameters, options);
    if (backend !== 'tensorflow') return new EagerStep(network, parameters, options);
    return new CapturedStep(network, parameters, { ...options, shapes, precision, stepsPerCall: stepsPerCall(network, shapes.batch) }, graphLoader);
  };
}
