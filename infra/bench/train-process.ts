import { createInterface } from 'node:readline';
import { startEngine } from '../../activities/start-engine.ts';
import { stepMaker } from '../../activities/step-maker.ts';
import type { BackendChoice } from '../../activities/audit-config.ts';
import type { Precision } from '../../models/engine/capture/rewrite.ts';
import { initialParameters } from '../../models/engine/parameters.ts';
import type { StepBatch, TrainingStep } from '../../models/engine/training-step.ts';
import { backendIdentity } from '../trainer/backend-identity.ts';
import { BATCHES, benchNoise, RATE, stepRows, TRAIN_CASES, trainRows } from './train-cases.ts';
import type { TrainCase } from './train-cases.ts';
import { COMPARED_STEPS } from './train-messages.ts';
import type { TrainAnswer, TrainReady, TrainRequest } from './train-messages.ts';

/** Trains one case on one backend when it is told to: `node train-process.ts CASE BACKEND PRECISION`. */
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
  take(count: number): number[] {
    const losses: number[] = [];
    while (losses.length < count) {
      const batches = Array.from({ length: Math.min(this.#step.stepsPerCall, count - losses.length) }, () => this.#batch());
      losses.push(...this.#step.run(batches).map(({ loss }) => loss));
    }
    return losses;
  }
}

const trainCase = TRAIN_CASES.find((each) => each.name === name)!, network = trainCase.network(), { x, labels } = trainRows(trainCase);
const started = await startEngine(backend as BackendChoice), data = labels === null ? { x } : { x, labels };
const make = stepMaker(network, { backend: started, data, clip: Number.POSITIVE_INFINITY, precision: precision as Precision });
const step = make(initialParameters(network.parameters, 1), { batch: trainCase.batch, tail: null, score: [] }), steps = new Steps(step, trainCase);
say({ losses: steps.take(COMPARED_STEPS), stepsPerCall: step.stepsPerCall, version: backendIdentity(started) });
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as TrainRequest, begun = performance.now(), losses = steps.take(request.steps);
  say({ seconds: (performance.now() - begun) / 1000, loss: losses.at(-1)! });
}
step.dispose();
