import type { EpochRecord } from '../networks/types.ts';
import type { BatchSource, PreparedBatch } from './batch-source.ts';
import { batchCount, shuffled, stepNoise } from './batches.ts';
import { EngineError } from './engine-error.ts';
import { EvaluationNoise, evaluate, scoreBatch } from './evaluate.ts';
import type { Evaluation } from './evaluate.ts';
import type { Network } from './network.ts';
import { initialParameters } from './parameters.ts';
import { klWeight, learningRate } from './schedule.ts';
import type { TrainingState } from './training-state.ts';
import type { StepBatch, StepResult, StepShapes, TrainingStep } from './training-step.ts';

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
  /** Made from initial parameters, which a checkpoint overwrites, on the data that `train` and `validation` are positions in. */
  readonly makeStep: (parameters: Float32Array, shapes: StepShapes) => TrainingStep;
  readonly train: Uint32Array;
  /** The part that early stopping watches; may be the train part itself when nothing else is left. */
  readonly validation: Uint32Array;
  readonly options: TrainingOptions;
  /** Prepares the next call's batches during a call; for the data that the step draws from, and the seed. */
  readonly source?: BatchSource;
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

/** Numbers of rows that occur when `rows` are taken by `batch`. */
function sizes(rows: number, batch: number): number[] {
  return [...new Set([Math.min(rows, batch), rows % batch])].filter((size) => size > 0);
}

function shapesOf({ network, train, validation, options }: TrainingTask): StepShapes {
  const [batch, tail = null] = sizes(train.length, options.batch) as [number, number?];
  return { batch, tail, score: sizes(validation.length, scoreBatch(network.width)) };
}

class Training {
  readonly #task: TrainingTask;
  readonly #hooks: TrainingHooks;
  readonly #step: TrainingStep;
  readonly #batches: number;
  #epoch = 1;
  #batch = 0;
  #sums = [0, 0, 0, 0, 0];
  #records: EpochRecord[] = [];
  #best: TrainingState['best'] = null;
  #rows = 0;
  #progress: TrainingProgress | null = null;
  /** Whether the source is at work on the next call. */
  #begun = false;
  #validationNoise: EvaluationNoise | null = null;
  #saved: { readonly epoch: number; readonly batch: number } | null = null;

  constructor(task: TrainingTask, hooks: TrainingHooks, from: TrainingState | null) {
    this.#task = task;
    this.#hooks = hooks;
    this.#batches = batchCount(task.train.length, task.options.batch);
    this.#step = task.makeStep(initialParameters(task.network.parameters, task.options.seed), shapesOf(task));
    if (from === null) return;
    this.#epoch = from.epoch;
    this.#batch = from.batch;
    this.#sums = [...from.sums];
    this.#records = [...from.records];
    this.#best = from.best;
    this.#step.load(from.step);
    this.#saved = { epoch: from.epoch, batch: from.batch };
  }

  async run(): Promise<TrainingResult> {
    const { epochs } = this.#task.options;
    try {
      while (this.#epoch <= epochs && !this.#exhausted()) await this.#trainEpoch();
      const best = this.#best!;
      this.#step.loadParameters(best.parameters);
      return {
        parameters: best.parameters, records: this.#records, bestEpoch: best.epoch,
        stopped: this.#epoch > epochs ? 'epochs' : 'early', final: await this.#evaluate(),
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
    const { train, options } = this.#task, order = shuffled(train, options.seed, this.#epoch);
    while (this.#batch < this.#batches) {
      const before = this.#batch;
      await this.#trainBatches(order, this.#callLength(this.#batch));
      if (Math.floor(this.#batch / PAUSE_STEPS) > Math.floor(before / PAUSE_STEPS)) await this.#pause();
      if (this.#batch % options.checkpointSteps === 0 && this.#batch < this.#batches) await this.#checkpoint();
    }
    await this.#endEpoch();
  }

  /** Batches of the next call: no more than the step takes at once, up to a pause, a checkpoint or the epoch's end. */
  #callLength(at: number): number {
    const { checkpointSteps } = this.#task.options;
    return Math.min(this.#step.stepsPerCall, this.#batches - at, checkpointSteps - at % checkpointSteps, PAUSE_STEPS - at % PAUSE_STEPS);
  }

  #rowsOf(order: Uint32Array, batch: number): Uint32Array {
    const { batch: size } = this.#task.options;
    return order.subarray(batch * size, (batch + 1) * size);
  }

  #stepBatch(order: Uint32Array, batch: number, prepared: PreparedBatch | undefined): StepBatch {
    const { network, options } = this.#task, { seed } = options, rows = this.#rowsOf(order, batch), fraction = this.#fraction(batch);
    return {
      rows, ...prepared ?? { noise: stepNoise(rows.length * network.noiseWidth, seed, 'noise', this.#epoch, batch) },
      rate: learningRate(options.rate, fraction), klWeight: klWeight(options.beta, fraction, options.warmUpShare),
    };
  }

  async #trainBatches(order: Uint32Array, count: number): Promise<void> {
    const prepared = this.#begun ? this.#task.source!.take() : null;
    const batches = Array.from({ length: count }, (_, k) => this.#stepBatch(order, this.#batch + k, prepared?.[k]));
    this.#begun = this.#beginNext(order, this.#batch + count);
    const results = await this.#step.run(batches);
    results.forEach((result, k) => {
      const rows = batches[k]!.rows.length;
      this.#refuseNonFinite(result);
      [1, result.loss, result.reconstruction, result.kl, result.gradientNorm].forEach((part, i) => { this.#sums[i]! += rows * part; });
      this.#rows += rows;
      this.#batch++;
    });
  }

  /** @returns whether the batches of the call that begins `at` a batch are being prepared. */
  #beginNext(order: Uint32Array, at: number): boolean {
    const { source } = this.#task;
    if (source === undefined || at >= this.#batches) return false;
    return source.begin(Array.from({ length: this.#callLength(at) }, (_, k) => ({ rows: this.#rowsOf(order, at + k), epoch: this.#epoch, batch: at + k })));
  }

  async #endEpoch(): Promise<void> {
    const validation = await this.#evaluate();
    const [loss, reconstruction, kl, gradientNorm] = this.#means();
    const record: EpochRecord = {
      seed: this.#task.options.seed, epoch: this.#epoch, loss, reconstruction, kl, gradientNorm, validationLoss: validation.loss,
      activeUnits: validation.muVariance.filter((variance) => variance > ACTIVE_VARIANCE).length,
    };
    this.#refuseExplosion(record);
    this.#records.push(record);
    if (this.#best === null || validation.loss < this.#best.loss) this.#best = { epoch: this.#epoch, loss: validation.loss, parameters: await this.#step.parameters() };
    await this.#pause();
    this.#epoch++;
    this.#batch = 0;
    this.#sums = [0, 0, 0, 0, 0];
    await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    if (this.#hooks.checkpoint !== undefined) await this.#hooks.checkpoint(await this.#state());
    this.#saved = { epoch: this.#epoch, batch: this.#batch };
  }

  #evaluate(): Promise<Evaluation> {
    const { network, validation: rows, options } = this.#task;
    this.#validationNoise ??= new EvaluationNoise(rows.length, network.noiseWidth, options.seed);
    return evaluate({ network, step: this.#step, rows, beta: options.beta, noise: this.#validationNoise, pause: () => this.#pause() });
  }

  #refuseNonFinite(result: StepResult): void {
    if (Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm)) return;
    const parts = `loss ${result.loss}, reconstruction ${result.reconstruction}, KL ${result.kl}, gradient norm ${result.gradientNorm}`;
    const step = this.#stepsUntil({ epoch: this.#epoch, batch: this.#batch + 1 });
    throw this.#diverged(`step ${step} (epoch ${this.#epoch}, batch ${this.#batch + 1} of ${this.#batches}): ${parts}`);
  }

  #refuseExplosion(record: EpochRecord): void {
    const best = Math.min(record.loss, ...this.#records.map(({ loss }) => loss));
    const limit = EXPLOSION * Math.max(Math.abs(best), this.#task.network.width);
    if (Number.isFinite(record.validationLoss) && (this.#records.length === 0 || record.loss <= limit)) return;
    const step = this.#stepsUntil({ epoch: record.epoch, batch: this.#batches });
    throw this.#diverged(`step ${step} (the end of epoch ${record.epoch}): loss ${record.loss} (best so far ${best}), validation loss ${record.validationLoss}`);
  }

  #stepsUntil({ epoch, batch }: { readonly epoch: number; readonly batch: number }): number {
    return (epoch - 1) * this.#batches + batch;
  }

  #diverged(what: string): EngineError {
    const good = this.#saved === null ? 'there is no good checkpoint before it' : `the last good checkpoint is that after step ${this.#stepsUntil(this.#saved)}`;
    return new EngineError('diverged', `training diverged at ${what}; ${good}; look for wild values in the data, or lower model.beta`);
  }

  #fraction(batch = this.#batch): number {
    return (this.#epoch - 1 + batch / this.#batches) / this.#task.options.epochs;
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

  async #state(): Promise<TrainingState> {
    return { epoch: this.#epoch, batch: this.#batch, sums: [...this.#sums], step: await this.#step.state(), best: this.#best, records: [...this.#records] };
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
