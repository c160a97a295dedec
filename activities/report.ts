import { csvParts, csvPartsOf } from '../reports/csv-text.ts';
import { drawCharts } from '../reports/charts/chart-table.ts';
import { BETA_HEADER, betaLines } from '../reports/files/beta-csv.ts';
import { TRAINING_HEADER, trainingLines } from '../reports/files/training-csv.ts';
import { OUTLIERS_HEADER } from '../reports/files/outliers-csv.ts';
import { renderPage } from '../reports/page.ts';
import type { ReportDocuments, ReportInput } from '../reports/report-input.ts';
import { standaloneSvg } from '../reports/standalone-svg.ts';
import type { Store } from '../infra/store/store.ts';
import { artifactsOf, readManifest } from './artifacts.ts';
import { loadReportDocuments } from './report-documents.ts';
import { ResultFiles } from './result-files.ts';
import type { Stage, StageContext } from './stage.ts';
import { addArrow, storedOutlierLines, storedWeightLines, WEIGHTS_HEADER } from './stored-tables.ts';
import type { Json, StageInput, StageName, StageOutput } from './types.ts';

export interface ReportStageConfig {
  readonly name: string;
  readonly seed: number;
  readonly backend: string;
  /** The whole configuration, without where the data lies. */
  readonly configJson: Json;
  /** Package version and hash of the shipped sources. */
  readonly code: string;
  readonly html: boolean;
  /** Those of the networks it reads, the audit's own first; absent: one. */
  readonly betas?: readonly number[];
  readonly stages: readonly { readonly name: StageName; readonly state: string }[];
}

type ReportStageInput = StageInput<ReportStageConfig>;

/** Writes every file of the result (CONTRACT "Outputs") but provenance.json; an artifact's name is the file's. */
export const report: Stage<ReportStageConfig> = { name: 'report', version: 8, run };

async function run(stageInput: ReportStageInput, context: StageContext): Promise<StageOutput> {
  const { store, signal, progress } = context, files = new ResultFiles(store);
  const documents = await loadReportDocuments(store, stageInput.inputs, stageInput.config.betas);
  // What `auto` came down to is in the training's own summary.
  const input = { ...stageInput, config: { ...stageInput.config, backend: documents.training?.[0]?.backend ?? stageInput.config.backend } };
  const steps: readonly (readonly [string, () => Promise<void>])[] = [
    ['documents', () => addDocuments(files, input.config, documents)],
    ['tables', () => addTables(files, input, context, documents)],
    ['page', () => addPage(files, reportInput(input.config, documents), input.config.html)],
    ['manifest', () => addManifest(files, input, store, computedOn(documents))],
  ];
  for (const [i, [detail, step]] of steps.entries()) {
    signal.throwIfAborted();
    progress({ fraction: i / steps.length, detail });
    await step();
  }
  const { verdict, findings } = outcome(documents);
  return { artifacts: files.artifacts(), summary: { verdict, findings: findings.length, files: files.size } };
}

function outcome({ fairness }: ReportDocuments): { readonly verdict: string; readonly findings: readonly unknown[] } {
  // A verdict from nothing is no verdict.
  if (fairness === null) return { verdict: 'undecided', findings: [] };
  return { verdict: fairness.verdict, findings: fairness.findings.filter((finding) => finding.survives) };
}

async function addDocuments(files: ResultFiles, config: ReportStageConfig, documents: ReportDocuments): Promise<void> {
  await files.addJson('report.json', { name: config.name, ...outcome(documents), headline: documents.fairness?.findings ?? [], stages: config.stages, backend: config.backend, computedOn: computedOn(documents), seed: config.seed, config: config.configJson, ...(documents.betas === null ? {} : { betas: documents.betas }) });
  const byName = { fairness: documents.fairness, slices: documents.slices, perturbation: documents.perturbation, profile: documents.profile,
    density: documents.density, debias: documents.debias, mitigation: documents.mitigation, outliers: documents.outliers };
  for (const [name, document] of Object.entries(byName)) {
    if (document !== null) await files.addJson(`${name}.json`, document);
  }
}

async function addTables(files: ResultFiles, { inputs }: ReportStageInput, { store }: StageContext, documents: ReportDocuments): Promise<void> {
  const latents = inputs.latents?.[0], debias = inputs.debias?.[0];
  if (documents.training !== null) await files.addParts('training.csv', csvParts(TRAINING_HEADER, trainingLines(documents.training)));
  if (documents.betas !== null) await files.addParts('beta.csv', csvParts(BETA_HEADER, betaLines(documents.betas)));
  if (inputs.ingest !== undefined && documents.outliers !== null) await files.addParts('outliers.csv', csvParts(OUTLIERS_HEADER, await storedOutlierLines(store, inputs)));
  if (debias !== undefined) {
    await files.addParts('weights.csv', csvPartsOf(WEIGHTS_HEADER, storedWeightLines(store, debias)));
    await addArrow(files, 'resampled.arrow', store, artifactsOf(await readManifest(store, debias), 'resampled'));
  }
  if (latents !== undefined) await addArrow(files, 'latents.arrow', store, artifactsOf(await readManifest(store, latents), 'latents'));
}

async function addPage(files: ResultFiles, input: ReportInput, html: boolean): Promise<void> {
  const charts = await drawCharts(input);
  for (const chart of charts) await files.addText(`charts/${chart.name}.svg`, standaloneSvg(chart));
  if (html) await files.addText('report.html', renderPage(input, charts));
}

/** `inputs`: hash and rows of the data file, and the manifest that each stage committed. */
async function addManifest(files: ResultFiles, { inputs, config: { configJson, code, backend, seed } }: ReportStageInput, store: Store, machines: readonly string[]): Promise<void> {
  const ingest = inputs.ingest?.[0], source = ingest === undefined ? null : await readManifest(store, ingest);
  const stages = Object.fromEntries(Object.entries(inputs).map(([stage, refs]) => [stage, refs.map((ref) => ref.sha256)]));
  const data = { sha256: source?.fingerprint ?? null, rows: source?.summary['rows'] ?? null };
  await files.addJson('manifest.json', { files: files.hashes(), inputs: { data, stages }, config: configJson, code, backend, computedOn: machines, seed });
}

/** What else the bytes depend on where the backend is native: builds, processors and threads that trained the seeds, each once. */
function computedOn({ training, betas }: ReportDocuments): readonly string[] {
  return [...new Set([...training ?? [], ...(betas ?? []).flatMap(({ networks }) => networks)].flatMap((summary) => summary.computedOn ?? []))];
}

function reportInput(config: ReportStageConfig, documents: ReportDocuments): ReportInput {
  const { name, seed, backend, code, stages, configJson } = config;
  return { name, seed, backend, computedOn: computedOn(documents), code, stages, documents, config: JSON.stringify(configJson, null, 2), reproduce: [
    '# save the configuration below as reproduce.yaml beside the data file, then:',
    'npm run -s penumbra -- run reproduce.yaml --out reproduced',
    'npm run -s penumbra -- verify reproduced',
    '# reproduced/manifest.json is then this result\'s own, byte for byte, from the same version of Penumbra',
  ] };
}
