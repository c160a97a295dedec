import type { ColumnCode } from '../encode/types.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Network } from '../engine/network.ts';
import { vae } from './vae.ts';

/** What a network is built from besides its kind; stored with its parameters. */
export interface NetworkShape {
  readonly kind: string;
  readonly width: number;
  readonly units: number;
  readonly hidden: number;
  readonly columns: readonly ColumnCode[];
}

type Maker = (shape: NetworkShape) => Network;

const NETWORKS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['ae', (shape) => vae({ ...shape, variational: false, freeBits: 0 })],
  ['vae', (shape) => vae({ ...shape, variational: true, freeBits: 0 })],
  ['beta-vae', (shape) => vae({ ...shape, variational: true, freeBits: 0 })],
]);

/** @throws EngineError `not-built`, naming the kinds there are. */
export function makeNetwork(shape: NetworkShape): Network {
  const maker = NETWORKS.get(shape.kind);
  if (maker === undefined) {
    throw new EngineError('not-built', `model.kind ${shape.kind} is not built yet; use one of ${[...NETWORKS.keys()].join(', ')}`);
  }
  return maker(shape);
}
