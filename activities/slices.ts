import { expectedErrors } from '../models/slices/expected-errors.ts';
import { type FoundSlices, type Measure, findSlices } from '../models/slices/find-slices.ts';
import type { SlicesSummary } from '../models/slices/types.ts';
import { TEST } from '../models/table.ts';
import type { Store } from '../infra/store/store.ts';
import type { Profile } from '../models/encode/profile-types.ts';
import { artifactsOf, inputOf, putJson, readManifest, rowsOf } from './artifacts.ts';
import type { DataConfig } from './audit-config.ts';
import { countRows, loadColumns, loadProfile } from './dataset-parts.ts';
import { dividedStage, WORTH_A_TASK } from './divided-stage.ts';
import { choosePositions } from './encoded-sample.ts';
import { getExactJson, putExactJson } from './exact-json.ts';
import { type Dataset, columnOf, labelsOf } from './load-dataset.ts';
import { type Decisions, loadDecisions } from './load-decisions.ts';
import { loadRanks } from './load-outliers.ts';
import type { Stage, StageContext } from './stage.ts';
import { takeDatasetRows } from './take-dataset-rows.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';

export interface SlicesStageConfig {
  readonly data: DataConfig;
  readonly level: number;
}

/** A row is strange here when it is among this share of the ranks. */
const STRANGE_SHARE = 0.05;
const KNOWN = 1;
/** Of more rows a sample is searched and tested. */
const MOST_SEARCHED = 500_000;

type Input = StageInput<SlicesStageConfig>;

/**
 * Readable slices in which the audited decisions err often, or rows are often strange, searched on one part of the rows and tested on another.
 * Its task is the search for errors, which need not wait for the outliers.
 */
export const slices: Stage<SlicesStageConfig> = dividedStage<SlicesStageConfig>({ name: 'slices', version: 3 }, {
  needs: ['ingest', 'fairness'],
  async tasks({ inputs }, { store }) {
    return await countRows(store, inputOf(inputs, 'ingest')) < WORTH_A_TASK ? [] : ['error'];
  },
  task: searchErrors,
  join: (input, pieces, context) => searchSlices(input, context, MOST_SEARCHED, pieces[0]),
});

/** Where decisions err; a list of none where there is nothing to err. */
async function searchErrors(input: Input, _: Json, context: StageContext): Promise<StageOutput> {
  const material = await searchMaterial(input, context, MOST_SEARCHED), found = material.errors === null ? null : findSlices({ ...material.search, measures: [material.errors] });
  return { artifacts: { found: [await putExactJson(context.store, found)] }, summary: {} };
}

/** What is searched, and the measure of errors; null where there is none. */
async function searchMaterial({ config, inputs, seed }: Input, { store, signal, progress }: StageContext, mostSearched: number) {
  const { dataset, positions } = await searchedRows(store, inputOf(inputs, 'ingest'), config.data, { most: mostSearched, seed }), { rows } = dataset.table;
  const decisions = ofRows(await loadDecisions(store, inputOf(inputs, 'fairness')), positions);
  const all = Uint32Array.from({ length: rows }, (_, row) => row), discovery = all.filter((row) => dataset.split[row] !== TEST);
  const search = {
    columns: searchedColumns(dataset), level: config.level, discovery, heldOut: all.filter((row) => dataset.split[row] === TEST),
    report: (fraction: number, detail: string) => {
      signal.throwIfAborted();
      progress({ fraction, detail });
    },
  };
  return { search, rows, positions, decisions, errors: errorMeasure(dataset, decisions, discovery) };
}

/** mostSearched: of more rows a sample is searched and tested. errorPiece: what was found of errors; searched here when absent. */
export async function searchSlices(input: Input, context: StageContext, mostSearched: number, errorPiece?: StageOutput): Promise<StageOutput> {
  const { config, inputs } = input, { store } = context, { search, rows, positions, decisions, errors } = await searchMaterial(input, context, mostSearched);
  const rank = await loadRanks(store, inputOf(inputs, 'outliers')), strange = strangeMeasure(rank, positions);
  const before = errorPiece === undefined ? null : await getExactJson<FoundSlices | null>(store, errorPiece.artifacts['found']![0]!);
  const own = findSlices({ ...search, measures: before !== null || errors === null ? [strange] : [errors, strange] });
  const found = before === null ? own : { ...own, searched: before.searched + own.searched, slices: [...before.slices, ...own.slices] };
  const sampled = positions === null ? [] : [`Slices were searched and tested on a sample of ${rows} of ${rank.length} rows.`];
  const summary: SlicesSummary = {
    errorOf: errors === null ? null : decisions!.description, errorMeasure: errors === null ? null : errors.expected === null ? 'plain' : 'excess',
    searched: found.searched, slices: found.slices, notes: [...sampled, ...notesOf(config.data, errors, found)],
  };
  const replicated = found.slices.filter(({ heldOut }) => heldOut.replicated === true).length;
  return { artifacts: { summary: [await putJson(store, summary)] }, summary: { searched: found.searched, slices: found.slices.length, replicated } };
}

/** Rows that are searched; positions: among all rows, null for all of them. */
async function searchedRows(store: Store, ingest: ArtifactRef, { label }: DataConfig, { most, seed }: { readonly most: number; readonly seed: number }): Promise<{ readonly dataset: Dataset; readonly positions: Uint32Array | null }> {
  const profile = await loadProfile(store, ingest), rows = rowsOf(artifactsOf(await readManifest(store, ingest), 'table'));
  const names = new Set([...searchedNames(profile), ...(label === null ? [] : [label])]);
  if (rows <= most) return { dataset: await loadColumns(store, ingest, names), positions: null };
  const positions = choosePositions(rows, most, seed, 'slices rows'), taken = await takeDatasetRows(store, ingest, positions, names);
  return { dataset: { table: taken, rowNumbers: taken.rowNumbers, split: taken.split, ids: [], profile }, positions };
}

function ofRows(decisions: Decisions | null, positions: Uint32Array | null): Decisions | null {
  if (decisions === null || positions === null) return decisions;
  const { score, decision } = decisions;
  return { ...decisions, score: score === null ? null : Float64Array.from(positions, (row) => score[row]!), decision: Uint8Array.from(positions, (row) => decision[row]!) };
}

/** Features and protected attributes: what a reader may be told to look at. */
function searchedColumns({ table, profile }: Dataset): ReturnType<typeof columnOf>[] {
  return searchedNames(profile).map((name) => columnOf(table, name));
}

function searchedNames({ columns }: Profile): string[] {
  return columns.filter(({ roles }) => roles.includes('feature') || roles.includes('protected')).map(({ name }) => name);
}

/** Decision other than label, beside the errors that the score expects of hard cases; not known where one of them is missing. */
function errorMeasure(dataset: Dataset, decisions: Decisions | null, discovery: Uint32Array): Measure | null {
  const labels = labelsOf(dataset);
  if (labels === null || decisions === null) return null;
  const { decision, score } = decisions;
  const event = labels.map((label, row) => (label > KNOWN || decision[row]! > KNOWN ? 255 : Number(label !== decision[row])));
  return { name: 'error', event, expected: score === null ? null : expectedErrors({ score, decision, labels, rows: discovery }), tested: true };
}

function strangeMeasure(rank: Uint32Array, positions: Uint32Array | null): Measure {
  const last = Math.max(1, Math.ceil(STRANGE_SHARE * rank.length)), own = positions === null ? rank : positions.map((row) => rank[row]!);
  return { name: 'strangeness', event: Uint8Array.from(own, (value) => (value === 0 ? 255 : Number(value <= last))), expected: null, tested: false };
}

const TEST_OF: Record<'excess' | 'plain', string> = {
  excess: 'Error slices are searched for errors beyond the expected: a score of p makes a decision of 0 wrong with probability p and one of 1 with probability 1 − p, after the score is recalibrated as a whole (intercept and slope). '
    + 'Hard cases alone, on which the score is unsure and right to be so, are no slice. The p-value is that of the excess (Poisson binomial, one-sided)',
  plain: 'There is no score, only decisions: slices of many errors may hold hard cases, on which any decision errs often, and these cannot be told from failures. The p-value is Fisher\'s exact test against the other rows',
};

function errorNotes(errors: Measure | null, { slices: found }: FoundSlices): string[] {
  if (errors === null) return ['Errors are not searched: that needs a label and decisions (or the reference classifier).'];
  const count = found.filter(({ measure }) => measure === 'error').length;
  return [`${TEST_OF[errors.expected === null ? 'plain' : 'excess']} on the test part, adjusted (Benjamini–Hochberg) over the ${count} error slices carried over.`];
}

function notesOf(data: DataConfig, errors: Measure | null, found: FoundSlices): string[] {
  const notes = [
    ...errorNotes(errors, found), `A slice holds ${found.minimumSize} to ${found.maximumSize} rows of the train and validation parts, where it was found.`,
    `A row counts as strange when it is among the strangest ${100 * STRANGE_SHARE} % by rank. Slices of strange rows describe where these lie and have no p-value: whether a row is strange is computed from the searched columns, over all rows, so that held-out rows could not but agree.`,
  ];
  const unit = data.cluster ?? data.sequence;
  return unit === null ? notes : [...notes, `Rows that share ${JSON.stringify(unit)} are not independent: intervals are too narrow and p-values too small by that.`];
}
