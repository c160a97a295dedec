import { createHash } from 'node:crypto';
import type { BackendRequest } from '../../../models/engine/backend.ts';
import { trainNetwork } from '../../../models/engine/train-network.ts';
import { packState } from '../../../models/engine/training-state.ts';
import { smallTask, useBackend } from './fixture.ts';

/** Trains on the backend that the command line names and prints a hash of every checkpoint's bytes. */
await useBackend(process.argv[2] as BackendRequest);
const hash = createHash('sha256');
const checkpoint = (state: Parameters<typeof packState>[0]): Promise<void> => {
  hash.update(packState(state, 'digest'));
  return Promise.resolve();
};
await trainNetwork(smallTask({ epochs: 2 }), { checkpoint });
process.stdout.write(hash.digest('hex'));
