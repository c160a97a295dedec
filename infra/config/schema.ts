import { z } from 'zod';

/** A scalar that stands for text: YAML's 1, true and null are the texts 1, true and null of a data file. */
const text = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform(String);
const name = z.union([z.string(), z.number()]).transform(String).pipe(z.string().min(1, 'expected a column name'));
const column = name.nullable().default(null);
const names = z.array(name).default([]);
/** What would move a terminal's cursor, or begin a line of its own. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const share = z.number().gt(0).lt(1);
const edges = z.array(z.number()).min(2).refine((values) => values.every((value, i) => i === 0 || value > values[i - 1]!), 'expected increasing edges');
const split = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()])
  .refine(([a, b, c]) => Math.abs(a + b + c - 100) < 1e-9, 'expected three percentages that sum to 100');

const tolerance = z.union([
  z.number().min(0).lt(1).transform((value) => ({ default: value })),
  z.record(z.string(), z.number().min(0)).transform((values) => ({ ...values, default: values['default'] ?? 0.05 })),
], 'expected a number from 0 to below 1, or { default: 0.05, METRIC: … }');

const data = z.strictObject({
  path: z.string().min(1, 'expected a file'),
  columns: z.array(name).min(1).nullable().default(null),
  delimiter: z.string().min(1).default('auto'),
  encoding: z.string().min(1).default('utf-8'),
  id: column, label: column, positive: text.nullable().default(null), score: column, prediction: column,
  threshold: z.number().nullable().default(null),
  protected: names, exclude: names, weight: column, cluster: column, time: column, sequence: column,
  window: z.int().positive().optional(), stride: z.int().positive().optional(), timeUnit: z.string().optional(), table: z.string().optional(),
  bins: z.record(z.string(), edges).default({}),
  scoreRange: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'expected [lowest, highest]').nullable().default(null),
  missing: z.array(text).default(['', '?', 'NA', 'NaN', 'null']),
  split: split.default([60, 20, 20]),
});

const MOST_BETAS = 8;

/** What is wrong with a list of β, and what to write instead; null: nothing. */
function wrongBetas(values: readonly number[]): string | null {
  const low = values.find((value) => value <= 0), twice = values.find((value, i) => values.indexOf(value) < i);
  if (values.length < 2) return `expected 2 to ${MOST_BETAS} numbers in a list, the audit's own first, such as [1, 4]; write one value as a number, such as ${values[0] ?? 1}`;
  if (values.length > MOST_BETAS) return `expected at most ${MOST_BETAS} numbers in a list, found ${values.length}; take some out: another audit of this data finds the networks of these`;
  if (low !== undefined) return `expected numbers above 0 in a list, found ${low}; take it out`;
  return twice === undefined ? null : `${twice} stands in the list twice; take one out`;
}

const betas = z.array(z.number()).superRefine((values, context) => {
  const message = wrongBetas(values);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

const model = z.strictObject({
  kind: z.enum(['ae', 'vae', 'beta-vae', 'beta-tcvae', 'db-vae', 'gan', 'paired', 'cyclegan', 'diffusion']).default('vae'),
  latent: z.int().min(1).max(512).default(8),
  beta: z.union([z.number().min(0), betas], `expected a number of at least 0, or a list of 2 to ${MOST_BETAS} numbers above 0, the audit's own first, such as [1, 4]`).default(1),
  seeds: z.int().min(1).max(64).default(3),
  epochs: z.int().min(1).max(10_000).default(30),
  batch: z.int().min(2).max(65_536).default(256),
  hidden: z.int().min(1).max(8_192).default(128),
  numbers: z.enum(['standard', 'quantile']).default('standard'),
  precision: z.enum(['float32', 'bfloat16']).default('float32'),
  device: z.enum(['cpu', 'gpu']).default('cpu'),
  reference: z.enum(['auto', 'logistic', 'none']).default('auto'),
});

const fairness = z.strictObject({
  level: z.number().gte(0.5).lt(1).default(0.95),
  tolerance: tolerance.default({ default: 0.05 }),
  ratio: share.default(0.8),
  headline: z.union([z.literal('auto'), z.array(z.string().min(1)).min(1)], 'expected auto or a list of metrics').default('auto'),
  reference: z.record(z.string(), text).default({}),
  intersections: z.int().min(1).max(3).default(2),
  minimum: z.int().min(0).default(30),
  strata: names,
});

const debias = z.strictObject({
  density: z.enum(['auto', 'histogram', 'kde', 'gmm', 'aggregated']).default('auto'),
  alpha: z.number().gt(0).default(0.001),
  essFloor: share.default(0.5),
});

const outliers = z.strictObject({
  detectors: z.union([z.literal('auto'), z.array(z.string().min(1)).min(1)], 'expected auto or a list of detectors').default('auto'),
  fdr: share.default(0.1),
  top: z.int().min(0).max(100_000).default(100),
  train: z.enum(['all', 'normal']).default('all'),
});

/** A store is a folder unless it says otherwise. */
const withKind = (value: unknown): unknown => (typeof value === 'object' && value !== null && !('kind' in value) ? { kind: 'dir', ...value } : value);
const store = z.preprocess(withKind, z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dir'), path: z.string().min(1).default('.penumbra') }),
  z.strictObject({ kind: z.literal('s3'), endpoint: z.string().min(1), bucket: z.string().min(3), region: z.string().optional(), prefix: z.string().optional() }),
]));

/** `audit.yaml` as CONTRACT.md has it. Everything has a default but `data.path`. */
export const fileSchema = z.strictObject({
  name: z.string().min(1).max(100).refine((text) => !CONTROL.test(text), 'expected a name of one line, without control characters').optional(),
  data,
  model: model.prefault({}),
  fairness: fairness.prefault({}),
  debias: debias.prefault({}),
  outliers: outliers.prefault({}),
  report: z.strictObject({ html: z.boolean().default(true), regulators: z.array(z.string()).default([]) }).prefault({}),
  seed: z.int().min(0).default(0),
  backend: z.enum(['auto', 'tensorflow', 'webgpu', 'wasm', 'cpu']).default('auto'),
  store: store.default({ kind: 'dir', path: '.penumbra' }),
  temporal: z.strictObject({ address: z.string().min(1).optional(), namespace: z.string().min(1).default('default') }).prefault({}),
});

export type FileConfig = z.infer<typeof fileSchema>;

/** Keys by section, for the nearest known one in a message and for environment variables. */
export const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(fileSchema.shape), data: Object.keys(data.shape), model: Object.keys(model.shape), fairness: Object.keys(fairness.shape),
  debias: Object.keys(debias.shape), outliers: Object.keys(outliers.shape), report: ['html', 'regulators'],
  store: ['kind', 'path', 'endpoint', 'bucket', 'region', 'prefix'], temporal: ['address', 'namespace'],
};
