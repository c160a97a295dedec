import { findTensorflow } from '../../../infra/setup/tensorflow-build.ts';
import type { BackendName } from '../../../models/engine/backend.ts';
import { nodeBackend } from '../../../models/engine/capture/node-backend.ts';
import type { Network } from '../../../models/engine/network.ts';
import { convVae } from '../../../models/networks/conv-vae.ts';
import { makeNetwork } from '../../../models/networks/network-table.ts';
import { ENCODER } from '../../activities/encoded-fixture.ts';
import { useBackend } from './fixture.ts';

export const NO_TENSORFLOW = findTensorflow() === null;

export async function useTensorflow(): Promise<void> {
  await useBackend('tensorflow');
}

/** The backends that this machine has. */
export const BACKENDS: readonly BackendName[] = ['cpu', 'wasm', ...(NO_TENSORFLOW ? [] : ['tensorflow' as const])];

/** Sessions and tensors that the native side holds. */
export function held(): { sessions: number; tensors: number } {
  const { binding } = nodeBackend();
  return { sessions: binding.getNumOfSavedModels(), tensors: binding.getNumOfTensors() };
}

const shape = { width: ENCODER.width, units: 3, hidden: 16, columns: ENCODER.columns };
const conv = {
  kind: 'conv', image: { height: 6, width: 8, channels: 2 }, layers: [{ filters: 4, kernel: 3, stride: 2 }, { filters: 4, kernel: 3, stride: 2 }], hidden: 8, units: 2, labelWeight: 3,
};

/** Every kind of network, small. */
export const NETWORKS: readonly (readonly [name: string, network: () => Network])[] = [
  ...['vae', 'beta-vae', 'ae'].map((kind) => [kind, () => makeNetwork({ ...shape, kind })] as const),
  ['images with batch norm', () => convVae({ ...conv, norm: { kind: 'batch' } })],
  ['images with group norm', () => convVae({ ...conv, norm: { kind: 'group', groups: 2 } })],
];
