import { auditFairness, type ScoredAudit } from '../models/fairness/audit-fairness.ts';
import type { Design } from '../models/fairness/influence.ts';
import type { CountedRows } from '../models/fairness/tally.ts';
import { artifactsOf, inputOf, putJson, readManifest, rowsOf } from './artifacts.ts';
import type { DataConfig, FairnessStageConfig } from './audit-config.ts';
import { classCounts } from './class-counts.ts';
import { countRange, mergeCounts } from './count-parts.ts';
import { loadColumns, loadProfile } from './dataset-parts.ts';
import { dividedStage, rangesForTasks } from './divided-stage.ts';
import { at } from './encoded-sample.ts';
import { getExactJson, putExactJson } from './exact-json.ts';
import { type Attribute, attributesOf, checkTolerances, groupingsOf, headlineOf } from './fairness-groupings.ts';
import { decide, materialOf, type Material } from './fairness-material.ts';
import { columnOf, labelsOf, type Dataset } from './load-dataset.ts';
import { readDecisions, storeDecisions, type Decisions, type StoredDecisions } from './load-decisions.ts';
import { designNotes, designOf } from './row-design.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';

type Input = StageInput<FairnessStageConfig>;

/** Counting fewer rows is over before another worker has begun; and no more tasks than this. */
const ROWS_PER_TASK = 1_000_000;

/** The columns that the stage reads whole: what decides, weighs or clusters, and numbers whose groups depend on all of them. */
function columnsNeeded({ data, fairness: { strata } }: FairnessStageConfig, numbers: ReadonlySet<string>): ReadonlySet<string> {
  const single = [data.label, data.score, data.prediction, data.weight, data.cluster, data.sequence].filter((name) => name !== null);
  return new Set([...single, ...[...data.protected, ...strata].filter((name) => numbers.has(name) && !Object.hasOwn(data.bins, name))]);
}

async function loadNeeded({ config, inputs }: Input, { store }: StageContext): Promise<Dataset> {
  const ingest = inputOf(inputs, 'ingest'), { columns } = await loadProfile(store, ingest);
  return loadColumns(store, ingest, columnsNeeded(config, new Set(columns.filter(({ kind }) => kind === 'number').map(({ name }) => name))));
}

/** Parts [first, last) to count, with what was decided of their rows. */
interface CountTask extends StoredDecisions {
  readonly first: number;
  readonly last: number;
  /** How values become groups: found once, since it depends on all rows, and stored, since tasks stand in histories and values of the data do not. */
  readonly attributes: ArtifactRef;
}

/** Decides, once, and names ranges of parts to count. */
async function tasks(input: Input, context: StageContext): Promise<readonly Json[]> {
  checkTolerances(input.config.fairness.tolerance);
  const { store } = context, dataset = await loadNeeded(input, context);
  const found = attributesOf(dataset, input.config);
  designOf(dataset, input.config.data);
  const parts = artifactsOf(await readManifest(store, inputOf(input.inputs, 'ingest')), 'table');
  const attributes = await putExactJson(store, found), stored = await storeDecisions(store, await decide(dataset, input, context), parts.map(({ rows = 0 }) => rows));
  return rangesForTasks(parts.length, rowsOf(parts), ROWS_PER_TASK).map(([first, last]) => ({ first, last, attributes, ...stored, decisions: stored.decisions.slice(first, last) }) satisfies CountTask as unknown as Json);
}

/** Counts a range of parts. */
async function task(input: Input, json: Json, context: StageContext): Promise<StageOutput> {
  const { first, last, attributes, ...stored } = json as unknown as CountTask, { config: { data }, inputs } = input, { store } = context, ingest = inputOf(inputs, 'ingest');
  const { label } = await loadProfile(store, ingest), rules = await getExactJson<readonly Attribute[]>(store, attributes);
  const counts = await countRange(store, { ingest, attributes: rules, judged: data.protected.length, label, decisions: stored.decisions,
    weight: data.weight, cluster: data.cluster ?? data.sequence }, first, last);
  return { artifacts: { counts, attributes: [attributes], ...stored }, summary: { rows: rowsOf(counts) } };
}

/** What was decided, from the tasks that carried it. */
function decidedIn(pieces: readonly StageOutput[]): StoredDecisions {
  const all = (name: keyof StoredDecisions): readonly ArtifactRef[] => pieces.flatMap(({ artifacts }) => artifacts[name] ?? []);
  return { 'decisions': all('decisions'), 'decided-by': all('decided-by').slice(0, 1), surrogate: all('surrogate').slice(0, 1) };
}

/** What scores need row by row; null without scores. */
function scoredOf(dataset: Dataset, { cellOfRow }: CountedRows, { decisions, predicted, scoreRange }: Material, labels: Uint8Array | null, { label }: DataConfig, design: Design | null): ScoredAudit | null {
  if (predicted !== null && label !== null) {
    const column = columnOf(dataset.table, label);
    return column.kind === 'number' ? { cellOfRow, scores: predicted, scoreRange, labels: null, quantity: column.values, design } : null;
  }
  const scores = decisions?.score ?? null;
  return scores === null ? null : { cellOfRow, scores, scoreRange, labels, quantity: null, design };
}

function populationOf(rows: number, labels: Uint8Array | null, decisions: Decisions | null): string {
  const labelled = labels === null ? 0 : labels.reduce((sum, label) => sum + Number(label !== 255), 0);
  const unlabelled = labels === null || labelled === rows ? '' : `; ${(rows - labelled).toLocaleString('en-US')} without a label are left out of label metrics`;
  const how = decisions?.source === 'reference' ? ', each predicted by a fit that never saw it' : '';
  return `all ${rows.toLocaleString('en-US')} usable rows${unlabelled}${how}; conditional on these decisions as they are`;
}

/** Adds up what was counted and audits it. */
async function join(input: Input, pieces: readonly StageOutput[], context: StageContext): Promise<StageOutput> {
  const { config } = input, { store } = context, dataset = await loadNeeded(input, context), stored = decidedIn(pieces), judged = config.data.protected.length;
  const decisions = await readDecisions(store, stored), labels = labelsOf(dataset), design = designOf(dataset, config.data);
  const material = await materialOf(dataset, decisions, input, store), { sample } = material;
  const counted = await mergeCounts(store, pieces.flatMap(({ artifacts }) => artifacts['counts'] ?? []), judged);
  const { groupings, notes } = groupingsOf(counted.tally, config), { classes, notes: classNotes } = classCounts(dataset, config.data, counted, design);
  const { headline, level, tolerance, ratio, minimum, strata } = config.fairness, rows = dataset.table.rows;
  const result = auditFairness({ tally: counted.tally, groupings, strata: strata.map((_, i) => judged + i), hasLabel: labels !== null, labelName: dataset.profile.label,
    decisions, scored: scoredOf(dataset, counted, material, labels, config.data, design), classes, rows, population: populationOf(rows, labels, decisions),
    features: decisions === null || sample === null ? null : { x: sample.encoded.x, decisions: at(decisions.decision, sample.rows) },
    headline: headlineOf(headline, decisions?.source ?? null, labels !== null), settings: { level, tolerance, ratio, minimum, seed: input.seed },
    notes: [...notes, ...material.notes, ...classNotes, ...designNotes(config.data)],
    progress: (fraction, detail) => {
      context.signal.throwIfAborted();
      context.progress({ fraction: 0.4 + 0.6 * fraction, detail });
    } });
  return { artifacts: { summary: [await putJson(store, result)], ...stored },
    summary: { verdict: result.verdict, findings: result.findings.filter(({ survives }) => survives).length, headline: result.comparisons.headline,
      exploratory: result.comparisons.exploratory, decisions: result.decisions?.source ?? null } };
}

/** Gaps between groups with what the data can and cannot tell of them: parts of the data are counted, by any worker, and the counts audited. */
export const fairness = dividedStage<FairnessStageConfig>({ name: 'fairness', version: 9 }, { tasks, task, join });
