import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { graphLoader } from '../../infra/trainer/graph-loader.ts';
import { CapturedStep } from '../../models/engine/capture/captured-step.ts';
import { nodeBackend } from '../../models/engine/capture/node-backend.ts';
import { initialParameters } from '../../models/engine/parameters.ts';
import { encodedRows } from '../activities/encoded-fixture.ts';
import { smallVae, useBackend } from '../models/engine/fixture.ts';

/**
 * What many captures leave behind: `node --expose-gc --max-semi-space-size=1 test/bench/captures.ts [captures]` prints sessions, tensors, folders and
 * resident memory on the way. Without the two options the memory is also that of JavaScript's own heap, which grows and shrinks by tens of MB as V8 likes.
 */
const CAPTURES = Number(process.argv[2] ?? 1000), REPORTS = 10, { x } = encodedRows(64);
await useBackend('tensorflow');
const network = smallVae(), parameters = initialParameters(network.parameters, 1), { binding } = nodeBackend();
const rows = Uint32Array.from({ length: 16 }, (_, row) => row), batch = { rows, noise: new Float32Array(48), rate: 1e-3, klWeight: 1 };
const collected = async (): Promise<void> => {
  await new Promise(setImmediate);
  (globalThis as { gc?: () => void }).gc?.();
};
for (let i = 1; i <= CAPTURES; i++) {
  const step = new CapturedStep(network, parameters, { data: { x }, clip: 50, shapes: { batch: 16, tail: null, score: [] }, stepsPerCall: 1, precision: 'float32' }, graphLoader);
  step.run([batch]);
  step.dispose();
  if (i % Math.ceil(CAPTURES / REPORTS) !== 0) continue;
  await collected();
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith('penumbra-graph-')).length;
  process.stdout.write(`${i} captures: ${binding.getNumOfSavedModels()} sessions, ${binding.getNumOfTensors()} tensors, ${folders} folders, ${Math.round(process.memoryUsage.rss() / 1e6)} MB\n`);
}
