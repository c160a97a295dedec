import { type Measure, findSlices } from '../models/slices/find-slices.ts';
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
export const slices: Stage<SlicesStageConfig> = { name: 'slices', version: 1, run };

async function run({ config, inputs }: StageInput<SlicesStageConfig>, { store, signal, progress }: StageContext): Promise<StageOutput> {
  const dataset = await loadDataset(store, inputOf(inputs, 'ingest'));
  const decisions = await loadDecisions(store, inputOf(inputs, 'fairness'));
  const { rank } = await loadOutliers(store, inputOf(inputs, 'outliers'));
  const errors = errorMeasure(dataset, decisions), all = Uint32Array.from(dataset.split.keys());
  const found = findSlices({
    columns: searchedColumns(dataset), measures: [...(errors === null ? [] : [errors]), strangeMeasure(rank)], level: config.level,
    discovery: all.filter((row) => dataset.split[row] !== TEST), heldOut: all.filter((row) => dataset.split[row] === TEST),
    report: (fraction, detail) => {
      signal.throwIfAborted();
      progress({ fraction, detail });
    },
  });
  const summary: SlicesSummary = {
    errorOf: errors === null ? null : decisions!.description, searched: found.searched, slices: found.slices,
    notes: [...(errors === null ? ['Errors are not searched: that needs a label and decisions (or the reference classifier).'] : []), ...notesOf(config.data, found.minimumSize, found.slices.length)],
  };
  const replicated = found.slices.filter(({ heldOut }) => heldOut.replicated).length;
  return { artifacts: { summary: [await putJson(store, summary)] }, summary: { searched: found.searched, slices: found.slices.length, replicated } };
}

/** Features and protected attributes: what a reader may be told to look at. */
function searchedColumns({ table, profile }: Dataset): ReturnType<typeof columnOf>[] {
  const named = profile.columns.filter(({ roles }) => roles.includes('feature') || roles.includes('protected'));
  return named.map(({ name }) => columnOf(table, name));
}

/** Decision other than label; not known where either is missing. */
function errorMeasure(dataset: Dataset, decisions: Decisions | null): Measure | null {
  const labels = labelsOf(dataset);
  if (labels === null || decisions === null) return null;
  const { decision } = decisions;
  const event = labels.map((label, row) => (label > KNOWN || decision[row]! > KNOWN ? 255 : Number(label !== decision[row])));
  return { name: 'error', event };
}

function strangeMeasure(rank: Uint32Array): Measure {
  const last = Math.max(1, Math.ceil(STRANGE_SHARE * rank.length));
  return { name: 'strangeness', event: Uint8Array.from(rank, (value) => (value === 0 ? 255 : Number(value <= last))) };
}

function notesOf(data: DataConfig, minimumSize: number, found: number): string[] {
  const notes = [
    `A slice holds at least ${minimumSize} rows of the train and validation parts, where it was found; its p-value is Fisher's exact test on the test part, adjusted (Benjamini–Hochberg) over the ${found} slices carried over.`,
    `A row counts as strange when it is among the strangest ${100 * STRANGE_SHARE} % by rank.`,
  ];
  const unit = data.cluster ?? data.sequence;
  return unit === null ? notes : [...notes, `Rows that share ${JSON.stringify(unit)} are not independent: intervals are too narrow and p-values too small by that.`];
}
