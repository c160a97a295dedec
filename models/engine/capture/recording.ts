import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from '../engine-error.ts';
import { sizeOf } from '../parameters.ts';
import { differs, hostRead, noOutput, outsideTensor, randomOp, shapeFromData, statefulOp } from './capture-messages.ts';
import { nodeBackend } from './node-backend.ts';
import type { HostValues, NativeBinding, OpAttribute } from './node-backend.ts';

/** Where an op's input, or a result, comes from. */
export type Source =
  | { readonly kind: 'argument'; readonly index: number }
  | { readonly kind: 'constant'; readonly index: number }
  | { readonly kind: 'op'; readonly index: number; readonly output: number };

export interface RecordedOp {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly Source[];
  /** Shapes of the inputs and outputs as they were while recording. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
}

export interface RecordedConstant { readonly dtype: number; readonly shape: readonly number[]; readonly values: HostValues }

/** What a pure function of tensors executed, in order. */
export interface Recording {
  readonly ops: readonly RecordedOp[];
  readonly constants: readonly RecordedConstant[];
  readonly results: readonly Source[];
}

export interface ArgumentSpec { readonly shape: readonly number[]; readonly dtype?: 'float32' | 'int32' }

const DATA_SHAPED = new Set(['Where', 'Unique', 'UniqueV2', 'UniqueWithCounts', 'DynamicPartition', 'ListDiff', 'NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5', 'SparseReshape']);
const RANDOM = new Set(['RandomStandardNormal', 'RandomUniform', 'RandomUniformInt', 'RandomShuffle', 'RandomGamma', 'TruncatedNormal', 'Multinomial', 'ParameterizedTruncatedNormal']);
const STATEFUL = /^(Var(iable|Handle)|Assign|ReadVariable|Resource|Stack|TensorArray|Queue|HashTable|Lookup|Print|Py)/;

function refusal(op: string): string | null {
  if (DATA_SHAPED.has(op)) return shapeFromData(op);
  if (RANDOM.has(op)) return randomOp(op);
  return STATEFUL.test(op) ? statefulOp(op) : null;
}

/** Stands for the native binding while a function runs, and writes down what passes. */
class Recorder {
  readonly #native: NativeBinding;
  readonly #sources = new Map<number, Source>();
  readonly #shapes = new Map<number, readonly number[]>();
  readonly #created = new Map<number, RecordedConstant>();
  readonly #names = new Map<number, string>();
  readonly ops: RecordedOp[] = [];
  readonly constants: RecordedConstant[] = [];
  /** tfjs turns what `data()` throws into a promise's rejection that the function may never look at. */
  refused: EngineError | null = null;

  constructor(native: NativeBinding, argumentIds: readonly number[], specs: readonly ArgumentSpec[]) {
    this.#native = native;
    argumentIds.forEach((id, index) => {
      this.#sources.set(id, { kind: 'argument', index });
      this.#shapes.set(id, specs[index]!.shape);
      this.#names.set(id, `argument ${index}`);
    });
  }

  refuse(message: string): never {
    this.refused ??= new EngineError('not-capturable', message);
    throw this.refused;
  }

  sourceOf(id: number, op: string): Source {
    const known = this.#sources.get(id);
    if (known !== undefined) return known;
    const constant = this.#created.get(id);
    if (constant === undefined) return this.refuse(outsideTensor(op));
    const source: Source = { kind: 'constant', index: this.constants.push(constant) - 1 };
    this.#sources.set(id, source);
    return source;
  }

  resultOf(id: number, index: number): Source {
    return this.#sources.has(id) || this.#created.has(id) ? this.sourceOf(id, `result ${index}`) : this.refuse(noOutput(index));
  }

  /** The binding's properties are not enumerable, and its functions stay its own. */
  binding(): NativeBinding {
    const native = this.#native, all = Object.fromEntries(Object.getOwnPropertyNames(native).map((key) => [key, native[key as keyof NativeBinding]]));
    return {
      ...(all as unknown as NativeBinding),
      createTensor: (shape, dtype, values) => {
        const id = native.createTensor(shape, dtype, values), kept = ArrayBuffer.isView(values) ? values.slice() : Float32Array.from(values);
        this.#created.set(id, { dtype, shape: [...shape], values: kept });
        this.#shapes.set(id, shape);
        this.#names.set(id, 'a constant');
        return id;
      },
      tensorDataSync: (id) => this.refuse(hostRead(this.#names.get(id) ?? 'an op')),
      executeOp: (op, attributes, inputs, outputs) => this.#execute(op, attributes, inputs, outputs),
    };
  }

  #execute(op: string, attributes: readonly OpAttribute[], inputs: readonly number[], outputs: number): ReturnType<NativeBinding['executeOp']> {
    const why = refusal(op);
    if (why !== null) this.refuse(why);
    const sources = inputs.map((id) => this.sourceOf(id, op)), results = this.#native.executeOp(op, attributes, inputs, outputs);
    const index = this.ops.push({
      op, attributes, inputs: sources, inputShapes: inputs.map((id) => this.#shapes.get(id)!), outputShapes: results.map(({ shape }) => shape),
    }) - 1;
    results.forEach(({ id, shape }, output) => {
      this.#sources.set(id, { kind: 'op', index, output });
      this.#shapes.set(id, shape);
      this.#names.set(id, op);
    });
    return results;
  }
}

function example({ shape, dtype = 'float32' }: ArgumentSpec, value: number): Tensor {
  if (dtype === 'int32') return tf.zeros([...shape], 'int32');
  return tf.tensor(new Float32Array(sizeOf(shape)).fill(value), [...shape]);
}

function recordOnce(compute: (inputs: Tensor[]) => readonly Tensor[], specs: readonly ArgumentSpec[], value: number): Recording {
  const backend = nodeBackend(), native = backend.binding;
  return tf.tidy((): Recording & tf.TensorContainerObject => {
    const inputs = specs.map((spec) => example(spec, value));
    const recorder = new Recorder(native, backend.getInputTensorIds(inputs), specs);
    backend.binding = recorder.binding();
    try {
      const outputs = compute(inputs);
      if (recorder.refused !== null) throw recorder.refused;
      const results = backend.getInputTensorIds(outputs).map((id, index) => recorder.resultOf(id, index));
      for (const output of outputs) output.dispose();
      const recording: Recording = { ops: recorder.ops, constants: recorder.constants, results };
      return recording as Recording & tf.TensorContainerObject;
    } finally {
      backend.binding = native;
    }
  });
}

function sameBytes(a: HostValues, b: HostValues): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/** Where two recordings of one function part, or null. */
function difference(a: Recording, b: Recording): string | null {
  const at = a.ops.findIndex((op, i) => JSON.stringify(op) !== JSON.stringify(b.ops[i]));
  if (at >= 0 || b.ops.length !== a.ops.length) return `op ${at + 1} (${(a.ops[at] ?? b.ops[a.ops.length])!.op})`;
  const constant = a.constants.findIndex((c, i) => !sameBytes(c.values, b.constants[i]!.values));
  if (constant < 0) return null;
  const user = a.ops.find(({ inputs }) => inputs.some((source) => source.kind === 'constant' && source.index === constant));
  return `a constant that ${user?.op ?? 'no op'} takes`;
}

/**
 * Runs a pure function of tensors and writes down the ops it executes, twice and with different arguments: what differs between the
 * two would be frozen in a graph.
 * @throws EngineError `not-capturable`, naming the op.
 */
export function record(compute: (inputs: Tensor[]) => readonly Tensor[], specs: readonly ArgumentSpec[]): Recording {
  const recording = recordOnce(compute, specs, 0.5), again = recordOnce(compute, specs, 0.25), what = difference(recording, again);
  if (what !== null) throw new EngineError('not-capturable', differs(what));
  return recording;
}
