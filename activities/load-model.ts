import type { Store } from '../infra/store/store.ts';
import type { ColumnCode } from '../models/encode/types.ts';
import type { Network } from '../models/engine/network.ts';
import { pack, unpack } from '../models/engine/packed.ts';
import { makeNetwork } from '../models/networks/network-table.ts';
import type { NetworkShape } from '../models/networks/network-table.ts';
import { artifactOf, getArtifact, readManifest } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/** A network with the parameters of its best epoch. */
export interface TrainedModel {
  /** Its kind, as the configuration names it. */
  readonly network: string;
  readonly shape: NetworkShape;
  readonly columns: readonly ColumnCode[];
  /** All parameters in the network's order. */
  readonly parameters: Float32Array;
}

export function packModel(shape: NetworkShape, parameters: Float32Array): Uint8Array {
  return pack({ header: shape, arrays: { parameters } });
}

/** @throws StoreError, ArtifactError `corrupt`, EngineError `bad-bytes`. */
export async function loadModel(store: Store, train: ArtifactRef): Promise<TrainedModel> {
  const bytes = await getArtifact(store, artifactOf(await readManifest(store, train), 'model'));
  const { header: shape, arrays } = unpack<NetworkShape>(bytes);
  return { network: shape.kind, shape, columns: shape.columns, parameters: arrays['parameters']! };
}

export function networkOf(model: TrainedModel): Network {
  return makeNetwork(model.shape);
}
