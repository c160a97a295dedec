import { stepMaker } from '../../activities/step-maker.ts';
import type { ColumnCode } from '../../models/encode/types.ts';
import { initialParameters } from '../../models/engine/parameters.ts';
import { randomStream } from '../../models/engine/random.ts';
import { makeNetwork } from '../../models/networks/network-table.ts';
import type { BackendRequest } from '../../models/engine/backend.ts';
import { useBackend } from '../models/engine/fixture.ts';

/** Milliseconds a step of an audit's own VAE 108-128-8 on batches of 256 rows with Adult's mixture of columns: `node test/bench/train.ts [tensorflow|wasm|cpu] [steps]`. */
const [, , backend = 'wasm', steps = '300'] = process.argv;
const BATCH = 256, UNITS = 8, NUMBERS = 6, LEVELS = [9, 16, 7, 15, 6, 5, 2, 42], WARM_UP = 30, ROUNDS = 5;

function columnCodes(): ColumnCode[] {
  const codes: ColumnCode[] = Array.from({ length: NUMBERS }, (_, offset): ColumnCode =>
    ({ kind: 'number', name: `n${offset}`, offset, width: 1, missingIndicator: false, transform: { kind: 'standard', mean: 0, std: 1 }, fill: 0 }));
  let offset = NUMBERS;
  for (const width of LEVELS) {
    codes.push({ kind: 'category', name: `c${offset}`, offset, width, levels: Array.from({ length: width }, (_, level) => String(level)) });
    offset += width;
  }
  return codes;
}

function randomRows(columns: readonly ColumnCode[], width: number): Float32Array {
  const x = new Float32Array(BATCH * width), random = randomStream(1, 'bench');
  for (let start = 0; start < x.length; start += width) {
    for (const column of columns) {
      if (column.kind === 'number') x[start + column.offset] = random.normal();
      else x[start + column.offset + random.integer(column.width)] = 1;
    }
  }
  return x;
}

const name = await useBackend(backend as BackendRequest), columns = columnCodes(), width = NUMBERS + LEVELS.reduce((sum, levels) => sum + levels, 0);
const network = makeNetwork({ kind: 'vae', columns, width, units: UNITS, hidden: 128 }), random = randomStream(2, 'bench');
const noise = Float32Array.from({ length: BATCH * UNITS }, () => random.normal());
const x = randomRows(columns, width), input = { rows: Uint32Array.from({ length: BATCH }, (_, row) => row), noise, rate: 1e-3, klWeight: 1 };
const make = stepMaker(network, { backend: name, data: { x }, clip: 50, precision: 'float32' }), step = make(initialParameters(network.parameters, 0), { batch: BATCH, tail: null, score: [] });
const call = Array.from({ length: step.stepsPerCall }, () => input), calls = Math.ceil(Number(steps) / step.stepsPerCall);
for (let i = 0; i < WARM_UP / step.stepsPerCall; i++) step.run(call);
const times = Array.from({ length: ROUNDS }, () => {
  const begun = performance.now();
  for (let i = 0; i < calls; i++) step.run(call);
  return (performance.now() - begun) / (calls * step.stepsPerCall);
});
step.dispose();
const best = Math.min(...times);
process.stdout.write(`${name}: ${best.toFixed(2)} ms a step (best of ${ROUNDS}; worst ${Math.max(...times).toFixed(2)}), ${Math.round(BATCH / best * 1000)} rows/s, ${Math.round(process.memoryUsage.rss() / 1e6)} MB\n`);
