import type { Tensor } from '@tensorflow/tfjs';
import { batchShapes, labelColumns, lossAndGradient, lossAndPosterior, tensorBatch } from '../loss-and-gradient.ts';
import type { Network } from '../network.ts';
import type { OptimiserOptions, StepData, StepShapes } from '../training-step.ts';
import { FLOAT, INT32, flagAttribute, integerAttribute, typeAttribute } from './graph-def.ts';
import type { GraphDef } from './graph-def.ts';
import { adamNode, decayNode, normNodes, STEP_COLUMNS } from './optimiser-nodes.ts';
import { placeRecording } from './place-recording.ts';
import { record } from './recording.ts';
import type { Recording } from './recording.ts';
import type { Precision } from './rewrite.ts';
import { SessionVariables } from './session-variables.ts';
import type { VariableSpec } from './session-variables.ts';

export interface TrainingGraphOptions extends OptimiserOptions {
  readonly data: StepData;
  readonly resident: boolean;
  readonly shapes: StepShapes;
  readonly stepsPerCall: number;
  readonly precision: Precision;
}

const T = { T: typeAttribute(FLOAT) };

/** A loss with its gradient as a flat list: loss, reconstruction, KL, gradients, updates. */
function recordStep(network: Network, rows: number, labelWidth: number): Recording {
  return record((inputs: Tensor[]) => {
    const { batch, parameters } = tensorBatch(network, inputs), { loss, reconstruction, kl, gradients, updates } = lossAndGradient(network, parameters, batch);
    return [loss, reconstruction, kl, ...gradients, ...updates];
  }, batchShapes(network, rows, labelWidth).map((shape) => ({ shape })));
}

/** loss, reconstruction, KL, μ, ln σ² where there is one. */
function recordScore(network: Network, rows: number, labelWidth: number): Recording {
  return record((inputs: Tensor[]) => {
    const { batch, parameters } = tensorBatch(network, inputs), { loss, reconstruction, kl, posterior } = lossAndPosterior(network, parameters, batch);
    return [loss, reconstruction, kl, posterior.mu, ...(posterior.logVar === null ? [] : [posterior.logVar])];
  }, batchShapes(network, rows, labelWidth).map((shape) => ({ shape })));
}

/** The nodes of training: variables with their setters and getters, a chain of steps, the smaller last batch, and scoring. */
export class TrainingGraph {
  readonly parameters: readonly VariableSpec[];
  /** All first moments, then all second ones, of trained parameters. */
  readonly moments: readonly VariableSpec[];
  readonly data: readonly VariableSpec[];
  readonly #graph: GraphDef;
  readonly #network: Network;
  readonly #options: TrainingGraphOptions;
  readonly #variables: SessionVariables;
  readonly #labelWidth: number;

  constructor(graph: GraphDef, network: Network, options: TrainingGraphOptions) {
    const { data, shapes, stepsPerCall, resident } = options, labelWidth = labelColumns(network, data);
    const specs = network.parameters.map(({ shape }, i) => ({ shape, index: i, trained: network.parameters[i]!.trained !== false }));
    const named = (letter: string, all: typeof specs): VariableSpec[] => all.map(({ shape, index }) => ({ name: `${letter}${index}`, shape })), trained = specs.filter((spec) => spec.trained);
    this.#graph = graph;
    this.#network = network;
    this.#options = options;
    this.#labelWidth = labelWidth;
    this.#variables = new SessionVariables(graph);
    this.parameters = named('w', specs);
    this.moments = [...named('m', trained), ...named('v', trained)];
    this.data = !resident ? [] : [
      { name: 'x', shape: [data.x.length / network.width, network.width] },
      ...(labelWidth === 0 ? [] : [{ name: 'labels', shape: [data.labels!.length / labelWidth, labelWidth] }]),
    ];
    this.#declareVariables();
    this.#chain('step', shapes.batch, stepsPerCall);
    if (shapes.tail !== null) this.#chain('tail', shapes.tail, 1);
    for (const rows of shapes.score) this.#score(rows);
  }

  #declareVariables(): void {
    const all = [...this.parameters, ...this.moments];
    for (const spec of [...all, ...this.data]) this.#variables.declare(spec);
    this.#variables.declareSetter('setParameters', this.parameters);
    this.#variables.declareSetter('setMoments', this.moments);
    if (this.data.length > 0) this.#variables.declareSetter('data', this.data);
    this.#variables.declareGetter(all);
  }

  #unpack(name: string, input: string, count: number, type = FLOAT): string[] {
    this.#graph.node('Unpack', name, [input], { num: integerAttribute(count), T: typeAttribute(type), axis: integerAttribute(0) });
    return Array.from({ length: count }, (_, i) => `${name}:${i}`);
  }

  /** What a loss takes besides KL weight and parameters, for each of `count` batches: x, noise, labels. */
  #batches(prefix: string, rows: number, count: number): { x: string; noise: string; labels: string[] }[] {
    const graph = this.#graph, { width, noiseWidth } = this.#network, labelWidth = this.#labelWidth, fed = (name: string, side: number): string[] =>
      this.#unpack(`${prefix}/${name}s`, `${graph.placeholder(`${prefix}/${name}`, FLOAT, [count, rows, side])}:0`, count);
    const noises = noiseWidth > 0 ? fed('noise', noiseWidth) : Array<string>(count).fill(graph.constant(FLOAT, [rows, 0], new Float32Array(0)));
    const gathered = (variable: string, positions: readonly string[]): string[] => positions.map((position, k) =>
      `${graph.node('ResourceGather', `${prefix}/${variable}${k}`, [variable, position],
        { batch_dims: integerAttribute(0), validate_indices: flagAttribute(true), dtype: typeAttribute(FLOAT), Tindices: typeAttribute(INT32) })}:0`);
    const { resident } = this.#options;
    const positions = resident ? this.#unpack(`${prefix}/positions`, `${graph.placeholder(`${prefix}/rows`, INT32, [count, rows])}:0`, count, INT32) : [];
    const xs = resident ? gathered('x', positions) : fed('x', width);
    const labels = labelWidth === 0 ? [] : resident ? gathered('labels', positions) : fed('labels', labelWidth);
    return xs.map((x, k) => ({ x, noise: noises[k]!, labels: labels.slice(k, k + 1) }));
  }

  /** Steps one after the other; the outputs `results1` … `results<count>` run and report as many. */
  #chain(prefix: string, rows: number, count: number): void {
    const graph = this.#graph, recording = recordStep(this.#network, rows, this.#labelWidth), batches = this.#batches(prefix, rows, count);
    const table = this.#unpack(`${prefix}/tableRows`, `${graph.placeholder(`${prefix}/table`, FLOAT, [count, STEP_COLUMNS.length])}:0`, count);
    const results: string[] = [];
    let after: readonly (string | null)[] = this.parameters.map(() => null);
    for (let k = 0; k < count; k++) {
      const columns = this.#unpack(`${prefix}/${k}/table`, table[k]!, STEP_COLUMNS.length), { x, noise, labels } = batches[k]!;
      const step = this.#step(`${prefix}/${k}`, recording, [x, noise, columns[0]!, ...labels], columns, after);
      after = step.after;
      results.push(step.result);
      graph.node('Pack', `${prefix}/results${k + 1}`, [...results, ...after.map((name) => `^${name}`)], { ...T, N: integerAttribute(k + 1), axis: integerAttribute(0) });
    }
  }

  #step(prefix: string, recording: Recording, batch: readonly string[], [, stepSize, epsilon, kept]: readonly string[], after: readonly (string | null)[]): { result: string; after: string[] } {
    const graph = this.#graph, { clip, weightDecay = 0, precision } = this.#options, specs = this.#network.parameters;
    const values = this.parameters.map(({ name }, i) => this.#variables.read(name, `${prefix}/read${i}`, after[i]!));
    const [loss, reconstruction, kl, ...rest] = placeRecording(graph, recording, prefix, [...batch, ...values], precision) as [string, string, string, ...string[]];
    const gradients = rest.slice(0, this.moments.length / 2), updates = rest.slice(this.moments.length / 2);
    const { norm, scale } = normNodes(graph, prefix, gradients, clip);
    const applied = specs.map(({ trained, shape }, i) => {
      if (trained === false) return this.#variables.assign(`w${i}`, `${prefix}/update${i}`, updates.shift()!);
      const decayed = weightDecay > 0 && shape.length >= 2 ? decayNode(graph, `${prefix}/decay${i}`, `w${i}`, values[i]!, kept!) : null;
      return adamNode(graph, `${prefix}/adam${i}`, { handles: [`w${i}`, `m${i}`, `v${i}`], gradient: gradients.shift()!, scale, stepSize: stepSize!, epsilon: epsilon!, after: decayed });
    });
    const parts = [loss, reconstruction, kl, norm];
    return { result: `${graph.node('Pack', `${prefix}/result`, parts, { ...T, N: integerAttribute(parts.length), axis: integerAttribute(0) })}:0`, after: applied };
  }

  #score(rows: number): void {
    const graph = this.#graph, prefix = `score${rows}`, klWeight = `${graph.placeholder(`${prefix}/klWeight`, FLOAT, [])}:0`;
    const [{ x, noise, labels }] = this.#batches(prefix, rows, 1) as [{ x: string; noise: string; labels: string[] }];
    const values = this.parameters.map(({ name }, i) => this.#variables.read(name, `${prefix}/read${i}`));
    const [loss, reconstruction, kl, mu, logVar] = placeRecording(graph, recordScore(this.#network, rows, this.#labelWidth), prefix, [x, noise, klWeight, ...labels, ...values]);
    graph.node('Pack', `${prefix}/parts`, [loss!, reconstruction!, kl!], { ...T, N: integerAttribute(3), axis: integerAttribute(0) });
    graph.node('Identity', `${prefix}/mu`, [mu!], T);
    if (logVar !== undefined) graph.node('Identity', `${prefix}/logVar`, [logVar], T);
  }
}
