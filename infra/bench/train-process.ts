import { createInterface } from 'node:readline';
import { startEngine } from '../../activities/start-engine.ts';
import { stepMaker } from '../../activities/step-maker.ts';
import type { BackendChoice } from '../../activities/audit-config.ts';
import type { BackendName } from '../../models/engine/backend.ts';
import type { Precision } from '../../models/engine/capture/rewrite.ts';
import { initialParameters } from '../../models/engine/parameters.ts';
import type { StepBatch, TrainingStep } from '../../models/engine/training-step.ts';
import { backendIdentity } from '../trainer/backend-identity.ts';
import { adultTraining } from './train-adult.ts';
import { BATCHES, benchNoise, ENCODE_CASE, RATE, stepRows, TRAIN_CASES, trainRows } from './train-cases.ts';
import type { TrainCase } from './train-cases.ts';
import { batchEncoder } from './train-encoder.ts';
import { COMPARED_STEPS } from './train-messages.ts';
import type { TrainAnswer, TrainReady, TrainRequest } from './train-messages.ts';

/** Works at one case on one backend when it is told to: `node train-process.ts CASE BACKEND PRECISION`. */
const [, , name, backend, precision] = process.argv;

function say(line: TrainReady | TrainAnswer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

class Steps {
  readonly #step: TrainingStep;
  readonly #rows: readonly Uint32Array[];
  readonly #noiseLength: number;
  #next = 0;

  constructor(step: TrainingStep, { batch, network }: TrainCase) {
    this.#step = step;
    this.#rows = Array.from({ length: BATCHES }, (_, i) => stepRows(i, batch));
    this.#noiseLength = batch * network().noiseWidth;
  }

  #batch(): StepBatch {
    const step = this.#next++;
    return { rows: this.#rows[step % BATCHES]!, noise: benchNoise(step, this.#noiseLength), rate: RATE, klWeight: 1 };
  }

  /** @returns the losses. */
  async take(count: number): Promise<number[]> {
    const losses: number[] = [];
    while (losses.length < count) {
      const batches = Array.from({ length: Math.min(this.#step.stepsPerCall, count - losses.length) }, () => this.#batch());
      losses.push(...(await this.#step.run(batches)).map(({ loss }) => loss));
    }
    return losses;
  }
}

interface Work {
  readonly losses: readonly number[];
  readonly stepsPerCall: number;
  /** @returns the last loss. */
  take(steps: number): number | Promise<number>;
  readonly dispose?: () => void | Promise<void>;
}

async function training(trainCase: TrainCase, started: BackendName): Promise<Work> {
  const network = trainCase.network(), { x, labels } = trainRows(trainCase), data = labels === null ? { x } : { x, labels };
  const make = stepMaker(network, { backend: started, data, clip: Number.POSITIVE_INFINITY, precision: precision as Precision });
  const step = make(initialParameters(network.parameters, 1), { batch: trainCase.batch, tail: null, score: [] }), steps = new Steps(step, trainCase);
  return { losses: await steps.take(COMPARED_STEPS), stepsPerCall: step.stepsPerCall, take: async (count) => (await steps.take(count)).at(-1)!, dispose: () => { step.dispose(); } };
}

function encoding(trainCase: TrainCase, started: BackendName): Work {
  const network = trainCase.network(), { x } = trainRows(trainCase), size = trainCase.batch * network.width, encode = batchEncoder(network, started, trainCase.batch);
  return {
    losses: [], stepsPerCall: 1,
    take: async (count) => {
      for (let i = 0; i < count; i++) await encode(x.subarray((i % BATCHES) * size, (i % BATCHES + 1) * size));
      return 0;
    },
  };
}

async function adult(started: BackendName): Promise<Work> {
  const { steps, run, dispose } = await adultTraining(started);
  return { losses: [], stepsPerCall: steps, take: () => run(), dispose };
}

const started = await startEngine(backend as BackendChoice), trainCase = [...TRAIN_CASES, ENCODE_CASE].find((each) => each.name === name);
if (started !== backend) throw new Error(`asked for the backend ${backend}, ${started} started`);
const work = trainCase === undefined ? await adult(started) : trainCase === ENCODE_CASE ? encoding(trainCase, started) : await training(trainCase, started);
say({ losses: work.losses, stepsPerCall: work.stepsPerCall, version: await backendIdentity(started) });
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as TrainRequest, begun = performance.now(), loss = await work.take(request.steps);
  say({ seconds: (performance.now() - begun) / 1000, loss });
}
await work.dispose?.();
