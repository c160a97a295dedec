import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { BackendRequest } from '../../../models/engine/backend.ts';
import { trainNetwork } from '../../../models/engine/train-network.ts';
import { packState, unpackState } from '../../../models/engine/training-state.ts';
import { smallTask, useBackend } from './fixture.ts';

/**
 * Trains on a backend, going on from the checkpoint in a file, and prints a hash of parameters, records and the last checkpoint's bytes
 * (which hold the moments): `node training-digest.ts <backend> <file> <kill>`. After `kill` checkpoints the process ends itself with
 * SIGKILL; with 0 it comes to its end.
 */
const [, , backend, file, kill] = process.argv as [string, string, BackendRequest, string, string];
await useBackend(backend);
let saved = 0;
const checkpoint = (state: Parameters<typeof packState>[0]): Promise<void> => {
  writeFileSync(`${file}.new`, packState(state, 'digest'));
  renameSync(`${file}.new`, file);
  if (++saved === Number(kill)) process.kill(process.pid, 'SIGKILL');
  return Promise.resolve();
};
const from = existsSync(file) ? unpackState(readFileSync(file), 'digest') : null;
const result = await trainNetwork(smallTask({ epochs: 3, checkpointSteps: 1 }), { checkpoint }, from);
const hash = createHash('sha256').update(Buffer.from(result.parameters.buffer)).update(JSON.stringify([result.records, result.final, result.bestEpoch])).update(readFileSync(file));
process.stdout.write(hash.digest('hex'));
