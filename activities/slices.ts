import { expectedErrors } from '../models/slices/expected-errors.ts';
import { type FoundSlices, type Measure, findSlices } from '../models/slices/find-slices.ts';
import type { SlicesSummary } from '../models/slices/types.ts';
import { TEST } from '../models/table.ts';
import { inputOf, putJson } from './artifacts.ts';
import type { DataConfig } from './audit-config.ts';
import { type Dataset, columnOf, labelsOf, loadDataset } from './load-dataset.ts';
import { type Decisions, loadDecisions } from './load-decisions.ts';
import { loadOutliers } from './load-outliers.ts';
import type { Stage, StageContext } from './stage.ts';
import type { StageInput, StageOutput } from './types.ts';

export interface SlicesStageConfig {
  readonly data: DataConfig;
  readonly level: number;
}

/** A row is strange here when it is among this share of the ranks. */
const STRANGE_SHARE = 0.05;
const KNOWN = 1;

/** Readable slices in which the audited decisions err often, or rows are often strange, searched on one part of the rows and tested on another. */
export const slices: Stage<SlicesStageConfig> = { name: 'slices', version: 2, run };

async function run({ config, inputs }: StageInput<SlicesStageConfig>, { store, signal, progress }: StageContext): Promise<StageOutput> {
  const dataset = await loadDataset(store, inputOf(inputs, 'ingest'));
  const decisions = await loadDecisions(store, inputOf(inputs, 'fairness'));
  const { rank } = await loadOutliers(store, inputOf(inputs, 'outliers'));
  const all = Uint32Array.from(dataset.split.keys()), discovery = all.filter((row) => dataset.split[row] !== TEST);
  const errors = errorMeasure(dataset, decisions, discovery);
  const found = findSlices({
    columns: searchedColumns(dataset), measures: [...(errors === null ? [] : [errors]), strangeMeasure(rank)], level: config.level,
    discovery, heldOut: all.filter((row) => dataset.split[row] === TEST),
    report: (fraction, detail) => {
      signal.throwIfAborted();
      progress({ fraction, detail });
    },
  });
  const summary: SlicesSummary = {
    errorOf: errors === null ? null : decisions!.description, errorMeasure: errors === null ? null : errors.expected === null ? 'plain' : 'excess',
    searched: found.searched, slices: found.slices, notes: notesOf(config.data, errors, found),
  };
  const replicated = found.slices.filter(({ heldOut }) => heldOut.replicated === true).length;
  return { artifacts: { summary: [await putJson(store, summary)] }, summary: { searched: found.searched, slices: found.slices.length, replicated } };
}

/** Features and protected attributes: what a reader may be told to look at. */
function searchedColumns({ table, profile }: Dataset): ReturnType<typeof columnOf>[] {
  const named = profile.columns.filter(({ roles }) => roles.includes('feature') || roles.includes('protected'));
  return named.map(({ name }) => columnOf(table, name));
}

/** Decision other than label, beside the errors that the score expects of hard cases; not known where one of them is missing. */
function errorMeasure(dataset: Dataset, decisions: Decisions | null, discovery: Uint32Array): Measure | null {
  const labels = labelsOf(dataset);
  if (labels === null || decisions === null) return null;
  const { decision, score } = decisions;
  const event = labels.map((label, row) => (label > KNOWN || decision[row]! > KNOWN ? 255 : Number(label !== decision[row])));
  return { name: 'error', event, expected: score === null ? null : expectedErrors({ score, decision, labels, rows: discovery }), tested: true };
}

function strangeMeasure(rank: Uint32Array): Measure {
  const last = Math.max(1, Math.ceil(STRANGE_SHARE * rank.length));
  return { name: 'strangeness', event: Uint8Array.from(rank, (value) => (value === 0 ? 255 : Number(value <= last))), expected: null, tested: false };
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
