import { gatherRows } from '../batches.ts';
import { labelColumns } from '../loss-and-gradient.ts';
import type { Network } from '../network.ts';
import { parameterCount, parameterViews } from '../parameters.ts';
import type { OptimiserOptions, Score, ScoredBatch, StepBatch, StepData, StepResult, StepShapes, StepState, TrainingStep } from '../training-step.ts';
import { GraphDef, INT32 } from './graph-def.ts';
import { GraphSession } from './graph-session.ts';
import type { Feed } from './graph-session.ts';
import type { GraphLoader } from './node-backend.ts';
import type { Precision } from './rewrite.ts';
import { setVariables, getVariables } from './session-variables.ts';
import type { VariableSpec } from './session-variables.ts';
import { stepRow, STEP_COLUMNS } from './optimiser-nodes.ts';
import { TrainingGraph } from './training-graph.ts';

export interface CapturedOptions extends OptimiserOptions {
  readonly data: StepData;
  readonly shapes: StepShapes;
  readonly stepsPerCall: number;
  readonly precision: Precision;
  /** Rows lie in the session, and are gathered there, up to this many bytes; beyond, batches are gathered by the host and fed. */
  readonly residentBytes?: number;
}

/** Beyond, rows are not copied into the session. */
export const RESIDENT_BYTES = 256 * 1024 * 1024;

const RESULT_PARTS = 4;

/** Consecutive batches of one size. */
function runsOf(batches: readonly StepBatch[], longest: number): StepBatch[][] {
  const runs: StepBatch[][] = [];
  for (const batch of batches) {
    const last = runs.at(-1);
    if (last !== undefined && last.length < longest && last[0]!.rows.length === batch.rows.length) last.push(batch);
    else runs.push([batch]);
  }
  return runs;
}

/**
 * Training steps as one TensorFlow graph: recorded from the same network code that runs eagerly, several steps a call, with parameters
 * and Adam's moments as variables of its session.
 */
export class CapturedStep implements TrainingStep {
  readonly stepsPerCall: number;
  readonly #network: Network;
  readonly #options: CapturedOptions;
  readonly #resident: boolean;
  readonly #session: GraphSession;
  readonly #parameterSpecs: readonly VariableSpec[];
  readonly #momentSpecs: readonly VariableSpec[];
  #count = 0;

  /** @throws EngineError `not-capturable`, naming the op. */
  constructor(network: Network, parameters: Float32Array, options: CapturedOptions, loader: GraphLoader) {
    const graph = new GraphDef(), { data, stepsPerCall, residentBytes = RESIDENT_BYTES } = options;
    this.stepsPerCall = stepsPerCall;
    this.#network = network;
    this.#options = options;
    this.#resident = 4 * (data.x.length + (data.labels?.length ?? 0)) <= residentBytes;
    const training = new TrainingGraph(graph, network, { ...options, resident: this.#resident });
    this.#parameterSpecs = training.parameters;
    this.#momentSpecs = training.moments;
    this.#session = new GraphSession(graph, loader);
    this.load({ parameters, first: new Float32Array(parameters.length), second: new Float32Array(parameters.length), count: 0 });
    if (this.#resident) setVariables(this.#session, 'data', training.data, [data.x, ...(labelColumns(network, data) === 0 ? [] : [data.labels!])]);
  }

  run(batches: readonly StepBatch[]): StepResult[] {
    return runsOf(batches, this.stepsPerCall).flatMap((run) => this.#call(run));
  }

  #call(batches: readonly StepBatch[]): StepResult[] {
    const rows = batches[0]!.rows.length, { shapes, weightDecay = 0 } = this.#options;
    const [prefix, most] = rows === shapes.batch ? ['step', this.stepsPerCall] as const : ['tail', 1] as const;
    if (rows !== shapes.batch && rows !== shapes.tail) throw new RangeError(`a batch of ${rows} rows; captured were ${shapes.batch} and ${shapes.tail}`);
    const table = new Float32Array(most * STEP_COLUMNS.length);
    batches.forEach(({ klWeight, rate }, k) => { table.set(stepRow(klWeight, rate, ++this.#count, weightDecay), k * STEP_COLUMNS.length); });
    const feeds = [{ name: `${prefix}/table`, values: table, shape: [most, STEP_COLUMNS.length] }, ...this.#batchFeeds(prefix, batches, most)];
    const [values] = this.#session.run(feeds, [`${prefix}/results${batches.length}:0`]) as [Float32Array];
    return batches.map((_, k) => {
      const [loss, reconstruction, kl, gradientNorm] = values.subarray(k * RESULT_PARTS) as unknown as [number, number, number, number];
      return { loss, reconstruction, kl, gradientNorm };
    });
  }

  /** Rows (or their positions) and noise of up to `most` batches; what is missing stays zero and is not computed with. */
  #batchFeeds(prefix: string, batches: readonly ScoredBatch[], most: number): Feed[] {
    const { noiseWidth, width } = this.#network, { data } = this.#options, labelWidth = labelColumns(this.#network, data), rows = batches[0]!.rows.length;
    const stacked = (columns: number, valuesOf: (batch: ScoredBatch) => Float32Array): Float32Array => {
      const values = new Float32Array(most * rows * columns);
      batches.forEach((batch, k) => { values.set(valuesOf(batch), k * rows * columns); });
      return values;
    };
    const feeds: Feed[] = noiseWidth > 0 ? [{ name: `${prefix}/noise`, values: stacked(noiseWidth, ({ noise }) => noise), shape: [most, rows, noiseWidth] }] : [];
    if (this.#resident) {
      const positions = new Int32Array(most * rows);
      batches.forEach((batch, k) => { positions.set(batch.rows, k * rows); });
      return [...feeds, { name: `${prefix}/rows`, values: positions, shape: [most, rows], dtype: INT32 }];
    }
    feeds.push({ name: `${prefix}/x`, values: stacked(width, (batch) => batch.x ?? gatherRows(data.x, width, batch.rows)), shape: [most, rows, width] });
    if (labelWidth > 0) {
      feeds.push({ name: `${prefix}/labels`, values: stacked(labelWidth, (batch) => gatherRows(data.labels!, labelWidth, batch.rows)), shape: [most, rows, labelWidth] });
    }
    return feeds;
  }

  score(batch: ScoredBatch): Score {
    const prefix = `score${batch.rows.length}`;
    if (!this.#options.shapes.score.includes(batch.rows.length)) throw new RangeError(`${batch.rows.length} rows to score; captured were ${this.#options.shapes.score.join(', ')}`);
    const feeds = [{ name: `${prefix}/klWeight`, values: Float32Array.of(batch.klWeight), shape: [] }, ...this.#batchFeeds(prefix, [batch], 1)];
    const [parts, mu, logVar] = this.#session.run(feeds, this.#scoreOutputs(prefix)) as [Float32Array, Float32Array, Float32Array | undefined];
    return { loss: parts[0]!, reconstruction: parts[1]!, kl: parts[2]!, mu, logVar: logVar ?? null };
  }

  #scoreOutputs(prefix: string): string[] {
    return [`${prefix}/parts:0`, `${prefix}/mu:0`, ...(this.#network.noiseWidth > 0 ? [`${prefix}/logVar:0`] : [])];
  }

  parameters(): Float32Array {
    return this.#flat(getVariables(this.#session, this.#parameterSpecs));
  }

  state(): StepState {
    const moments = getVariables(this.#session, this.#momentSpecs), next = { first: 0, second: moments.length / 2 };
    const zeros = new Float32Array(parameterCount(this.#network.parameters));
    const whole = (which: 'first' | 'second'): Float32Array => this.#flat(
      parameterViews(this.#network.parameters, zeros).map((view, i) => (this.#network.parameters[i]!.trained === false ? view : moments[next[which]++]!)));
    return { parameters: this.parameters(), first: whole('first'), second: whole('second'), count: this.#count };
  }

  #flat(parts: readonly Float32Array[]): Float32Array {
    const flat = new Float32Array(parameterCount(this.#network.parameters));
    parameterViews(this.#network.parameters, flat).forEach((view, i) => { view.set(parts[i]!); });
    return flat;
  }

  load({ parameters, first, second, count }: StepState): void {
    const specs = this.#network.parameters, trained = (flat: Float32Array): Float32Array[] => parameterViews(specs, flat).filter((_, i) => specs[i]!.trained !== false);
    this.loadParameters(parameters);
    setVariables(this.#session, 'setMoments', this.#momentSpecs, [...trained(first), ...trained(second)]);
    this.#count = count;
  }

  loadParameters(parameters: Float32Array): void {
    setVariables(this.#session, 'setParameters', this.#parameterSpecs, parameterViews(this.#network.parameters, parameters));
  }

  dispose(): void {
    this.#session.dispose();
  }
}

