import type { EpochRecord } from '../networks/types.ts';
import { batchCount, gather, shuffled, stepNoise } from './batches.ts';
import type { RowSet } from './batches.ts';
import { EngineError } from './engine-error.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluation } from './evaluate.ts';
import type { Network } from './network.ts';
import { initialParameters } from './parameters.ts';
import { klWeight, learningRate } from './schedule.ts';
import type { TrainingState } from './training-state.ts';
import type { StepResult, TrainingStep } from './training-step.ts';

export interface TrainingOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly batch: number;
  /** Peak learning rate of Adam. */
  readonly rate: number;
  readonly beta: number;
  /** Share of the steps over which the KL term's weight rises from 0 to β. */
  readonly warmUpShare: number;
  /** Epochs without a better validation loss before training stops; they count from the end of the warm-up. */
  readonly patience: number;
  /** Steps between checkpoints inside an epoch; there is one after every epoch besides. */
  readonly checkpointSteps: number;
}

export interface TrainingProgress {
  readonly epoch: number;
  /** 0 to 1, over all epochs. */
  readonly fraction: number;
  /** Rows trained on since this call of `trainNetwork` began. */
  readonly rows: number;
  /** Means per row of the epoch so far. */
  readonly loss: number;
  readonly reconstruction: number;
  readonly kl: number;
}

export interface TrainingHooks {
  /** Called every few steps; the place to report, to let the event loop breathe, and to throw when the work is cancelled. */
  readonly pause?: (progress: TrainingProgress) => Promise<void>;
  readonly checkpoint?: (state: TrainingState) => Promise<void>;
}

export interface TrainingTask {
  readonly network: Network;
  /** Made from initial parameters; a checkpoint overwrites them. */
  readonly makeStep: (parameters: Float32Array) => TrainingStep;
  readonly train: RowSet;
  /** The part that early stopping watches; may be the train part itself when nothing else is left. */
  readonly validation: RowSet;
  readonly options: TrainingOptions;
}

export interface TrainingResult {
  /** Those of the best epoch. */
  readonly parameters: Float32Array;
  readonly records: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly stopped: 'epochs' | 'early';
  /** On the validation part, with the best parameters. */
  readonly final: Evaluation;
}

/** A latent unit is active when the variance of its μ exceeds this (Burda, Grosse and Salakhutdinov, ICLR 2016). */
export const ACTIVE_VARIANCE = 0.01;
const PAUSE_STEPS = 16;
/** A mean loss this many times its best, and this many nats per feature, has exploded. */
const EXPLOSION = 10;

class Training {
  readonly #task: TrainingTask;
  readonly #hooks: TrainingHooks;
  readonly #step: TrainingStep;
  readonly #batches: number;
  readonly #space: Float32Array;
  #epoch = 1;
  #batch = 0;
  #sums = [0, 0, 0, 0, 0];
  #records: EpochRecord[] = [];
  #best: TrainingState['best'] = null;
  #rows = 0;
  #progress: TrainingProgress | null = null;

  constructor(task: TrainingTask, hooks: TrainingHooks, from: TrainingState | null) {
    this.#task = task;
    this.#hooks = hooks;
    this.#batches = batchCount(task.train.rows.length, task.options.batch);
    this.#space = new Float32Array(task.options.batch * task.network.width);
    this.#step = task.makeStep(initialParameters(task.network.parameters, task.options.seed));
    if (from === null) return;
    this.#epoch = from.epoch;
    this.#batch = from.batch;
    this.#sums = [...from.sums];
    this.#records = [...from.records];
    this.#best = from.best;
    this.#step.load(from.step);
  }

  async run(): Promise<TrainingResult> {
    const { epochs } = this.#task.options;
    try {
      while (this.#epoch <= epochs && !this.#exhausted()) await this.#trainEpoch();
      const best = this.#best!;
      return {
        parameters: best.parameters, records: this.#records, bestEpoch: best.epoch,
        stopped: this.#epoch > epochs ? 'epochs' : 'early', final: await this.#evaluate(best.parameters),
      };
    } finally {
      this.#step.dispose();
    }
  }

  #exhausted(): boolean {
    const { epochs, warmUpShare, patience } = this.#task.options, done = this.#epoch - 1;
    return this.#best !== null && done - Math.max(this.#best.epoch, Math.ceil(warmUpShare * epochs)) >= patience;
  }

  async #trainEpoch(): Promise<void> {
    const { train, options } = this.#task, order = shuffled(train.rows, options.seed, this.#epoch);
    while (this.#batch < this.#batches) {
      this.#trainBatch(order);
      this.#batch++;
      if (this.#batch % PAUSE_STEPS === 0) await this.#pause();
      if (this.#batch % options.checkpointSteps === 0 && this.#batch < this.#batches) await this.#hooks.checkpoint?.(this.#state());
    }
    await this.#endEpoch();
  }

  #trainBatch(order: Uint32Array): void {
    const { network, train, options } = this.#task, { seed, batch } = options;
    const first = this.#batch * batch, last = Math.min(order.length, first + batch), rows = last - first;
    const fraction = this.#fraction();
    const result = this.#step.run({
      x: gather(train, order, [first, last], this.#space), rows,
      noise: stepNoise(rows * network.noiseWidth, seed, 'noise', this.#epoch, this.#batch),
      rate: learningRate(options.rate, fraction), klWeight: klWeight(options.beta, fraction, options.warmUpShare),
    });
    this.#refuseNonFinite(result);
    [1, result.loss, result.reconstruction, result.kl, result.gradientNorm].forEach((part, i) => { this.#sums[i]! += rows * part; });
    this.#rows += rows;
  }

  async #endEpoch(): Promise<void> {
    const parameters = this.#step.state().parameters, validation = await this.#evaluate(parameters);
    const [loss, reconstruction, kl, gradientNorm] = this.#means();
    const record: EpochRecord = {
      seed: this.#task.options.seed, epoch: this.#epoch, loss, reconstruction, kl, gradientNorm, validationLoss: validation.loss,
      activeUnits: validation.muVariance.filter((variance) => variance > ACTIVE_VARIANCE).length,
    };
    this.#refuseExplosion(record);
    this.#records.push(record);
    if (this.#best === null || validation.loss < this.#best.loss) this.#best = { epoch: this.#epoch, loss: validation.loss, parameters };
    await this.#pause();
    this.#epoch++;
    this.#batch = 0;
    this.#sums = [0, 0, 0, 0, 0];
    await this.#hooks.checkpoint?.(this.#state());
  }

  #evaluate(parameters: Float32Array): Promise<Evaluation> {
    const { network, validation: data, options } = this.#task;
    return evaluate({ network, parameters, data, beta: options.beta, seed: options.seed, pause: () => this.#pause() });
  }

  #refuseNonFinite(result: StepResult): void {
    if (Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm)) return;
    const parts = `loss ${result.loss}, reconstruction ${result.reconstruction}, KL ${result.kl}, gradient norm ${result.gradientNorm}`;
    throw this.#diverged(`epoch ${this.#epoch}, batch ${this.#batch + 1} of ${this.#batches}: ${parts}`);
  }

  #refuseExplosion(record: EpochRecord): void {
    const best = Math.min(record.loss, ...this.#records.map(({ loss }) => loss));
    const limit = EXPLOSION * Math.max(Math.abs(best), this.#task.network.width);
    if (Number.isFinite(record.validationLoss) && (this.#records.length === 0 || record.loss <= limit)) return;
    throw this.#diverged(`epoch ${record.epoch}: loss ${record.loss} (best so far ${best}), validation loss ${record.validationLoss}`);
  }

  #diverged(what: string): EngineError {
    const last = this.#epoch - 1, good = last > 0 ? `the last good epoch is ${last}` : 'no epoch was completed';
    return new EngineError('diverged', `training diverged at ${what}; ${good}; look for wild values in the data, or lower model.beta`);
  }

  #fraction(): number {
    return (this.#epoch - 1 + this.#batch / this.#batches) / this.#task.options.epochs;
  }

  #means(): [number, number, number, number] {
    const [rows, ...sums] = this.#sums as [number, number, number, number, number];
    return sums.map((sum) => sum / rows) as [number, number, number, number];
  }

  /** Between epochs, and after the last, the progress is still that of the last batch. */
  async #pause(): Promise<void> {
    if (this.#batch > 0) {
      const [loss, reconstruction, kl] = this.#means();
      this.#progress = { epoch: this.#epoch, fraction: this.#fraction(), rows: this.#rows, loss, reconstruction, kl };
    }
    if (this.#progress !== null) await this.#hooks.pause?.(this.#progress);
  }

  #state(): TrainingState {
    return { epoch: this.#epoch, batch: this.#batch, sums: [...this.#sums], step: this.#step.state(), best: this.#best, records: [...this.#records] };
  }
}

/**
 * Minimises a network's loss on the train part by minibatches, with early stopping on the validation part. Resumed from any of its
 * checkpoints it ends with the same bytes.
 * @throws EngineError `diverged` on a loss that is not finite or explodes; whatever the hooks throw.
 */
export function trainNetwork(task: TrainingTask, hooks: TrainingHooks = {}, from: TrainingState | null = null): Promise<TrainingResult> {
  return new Training(task, hooks, from).run();
}
