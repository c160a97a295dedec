import { workerData } from 'node:worker_threads';
import { gatherRows, stepNoise } from '../../models/engine/batches.ts';
import { BATCH_WORDS, CLOSED, COUNT, DONE, HEAD, READY, REQUESTED, SLOT, STATE } from './batch-memory.ts';
import type { BatchMemory } from './batch-memory.ts';

/** The thread that gathers rows and draws noise into shared memory, one request at a time. */
const { control, slots, data, width, noiseWidth, seed } = workerData as BatchMemory;

function prepare(): void {
  const slot = slots[control[SLOT]!]!;
  for (let k = 0, first = 0; k < control[COUNT]!; k++) {
    const [size, epoch, batch] = control.subarray(HEAD + k * BATCH_WORDS) as unknown as [number, number, number];
    slot.x.set(gatherRows(data, width, slot.rows.subarray(first, first + size)), first * width);
    slot.noise.set(stepNoise(size * noiseWidth, seed, 'noise', epoch, batch), first * noiseWidth);
    first += size;
  }
}

Atomics.store(control, READY, 1);
for (let state = Atomics.load(control, STATE); state !== CLOSED; state = Atomics.load(control, STATE)) {
  if (state !== REQUESTED) {
    Atomics.wait(control, STATE, state);
    continue;
  }
  prepare();
  Atomics.compareExchange(control, STATE, REQUESTED, DONE);
  Atomics.notify(control, STATE);
}
