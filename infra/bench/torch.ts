import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initialParameters } from '../../models/engine/parameters.ts';
import { peerEnvironment } from './peer-environment.ts';
import type { PeerEnvironment } from './peer-environment.ts';
import { TORCH_SCRIPT } from './torch-script.ts';
import { BATCHES, benchNoise, RATE, trainRows } from './train-cases.ts';
import type { TrainCase } from './train-cases.ts';
import type { ContenderOptions } from './train-contender.ts';
import { COMPARED_STEPS } from './train-messages.ts';

export const TORCH_VERSION = '2.15.0';
/** The build that the common index has brings CUDA along; an index of CPU builds needs a tenth. */
const TORCH_BYTES = 9e9;

export function torchEnvironment(keep: boolean, say: (line: string) => void): Promise<PeerEnvironment> {
  return peerEnvironment({ name: `torch-${TORCH_VERSION}`, packages: [`torch==${TORCH_VERSION}`], bytes: TORCH_BYTES, say, keep });
}

export interface TorchOptions {
  readonly python: string;
  /** Where its files go. */
  readonly folder: string;
  readonly precision: 'float32' | 'bfloat16';
  readonly threads: number;
  /** `eager` with the fused Adam, or `compile`. */
  readonly mode: 'eager' | 'compile';
}

const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The case's rows, parameters and first noise, in files that both modes read. */
export async function writeTorchFiles(folder: string, trainCase: TrainCase): Promise<void> {
  const network = trainCase.network(), { x, labels } = trainRows(trainCase), length = trainCase.batch * network.noiseWidth, noise = new Float32Array(COMPARED_STEPS * length);
  for (let step = 0; step < COMPARED_STEPS; step++) noise.set(benchNoise(step, length), step * length);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'script.py'), TORCH_SCRIPT);
  await writeFile(join(folder, 'data'), bytesOf(x));
  await writeFile(join(folder, 'noise'), bytesOf(noise));
  await writeFile(join(folder, 'initial'), bytesOf(initialParameters(network.parameters, 1)));
  if (labels !== null) await writeFile(join(folder, 'labels'), bytesOf(labels));
}

/** The process that trains the case in PyTorch, after `writeTorchFiles`. */
export async function torchContender(trainCase: TrainCase, { python, folder, precision, threads, mode }: TorchOptions): Promise<ContenderOptions> {
  const network = trainCase.network(), file = join(folder, `${mode}.json`);
  await writeFile(file, JSON.stringify({
    shape: trainCase.shape, batch: trainCase.batch, rows: BATCHES * trainCase.batch, rate: RATE, precision, threads, compile: mode === 'compile', channelsLast: true,
    data: join(folder, 'data'), noise: join(folder, 'noise'), initial: join(folder, 'initial'), labels: network.labelWidth === undefined ? null : join(folder, 'labels'),
    parameters: network.parameters.map(({ shape }) => shape),
  }));
  const environment = { OMP_NUM_THREADS: String(threads), TORCHINDUCTOR_CACHE_DIR: join(folder, 'inductor'), PYTHONDONTWRITEBYTECODE: '1' };
  return { name: `torch-${mode}`, command: python, arguments: [join(folder, 'script.py'), file], environment };
}
