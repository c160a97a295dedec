import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getArtifact, readManifest } from '../../activities/artifacts.ts';
import { loadReportDocuments } from '../../activities/report-documents.ts';
import { runStage } from '../../activities/run-stage.ts';
import { loadStage } from '../../activities/stage-table.ts';
import type { ArtifactRef, StageCommit, StageName } from '../../activities/types.ts';
import { loadConfig } from '../../infra/config/load-config.ts';
import type { Store } from '../../infra/store/store.ts';
import type { ReportDocuments } from '../../reports/report-input.ts';
import { stageConfig } from '../../workflows/stage-config.ts';
import { STAGE_NEEDS, STAGE_ORDER } from '../../workflows/stage-needs.ts';
import type { AuditInput } from '../../workflows/types.ts';
import { MemoryStore } from './memory-store.ts';

export interface AuditRun {
  readonly store: Store;
  /** The manifests of every stage. */
  readonly made: Readonly<Partial<Record<StageName, readonly ArtifactRef[]>>>;
  /** Name → whole content of every file of the result. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly documents: ReportDocuments;
  readonly verdict: string;
}

export interface AuditTrial {
  readonly data: string | Uint8Array;
  /** The configuration file's text; its data lies in `file` beside it. */
  readonly config?: string | Uint8Array;
  readonly file?: string;
  readonly settings?: readonly string[];
  /** Filled as stages end, so that a test sees how far a failed audit came. */
  readonly ended?: StageName[];
  readonly store?: Store;
  /** Told of stored objects that are damaged. */
  readonly warn?: (line: string) => void;
}

/** Settings that make a small audit fast; what it says of networks is not to be trusted. */
export const QUICK = ['model.epochs=2', 'model.seeds=1', 'model.latent=3', 'model.hidden=16', 'model.batch=64'] as const;

/** Every stage in order, as `penumbra run` would have them, without a service: from the files of a folder to those of the result. */
export async function runAudit(trial: AuditTrial): Promise<AuditRun> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-trial-')), { data, config, file = 'data.csv' } = trial;
  try {
    await writeFile(join(folder, file), data);
    if (config !== undefined) await writeFile(join(folder, 'audit.yaml'), config);
    return await auditFolder(folder, config === undefined ? file : 'audit.yaml', trial);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function auditFolder(folder: string, named: string, trial: AuditTrial): Promise<AuditRun> {
  const { audit, location } = await loadConfig({ file: named, settings: trial.settings ?? QUICK, seed: null, backend: null, environment: {}, folder });
  const input: AuditInput = {
    id: 'trial', config: { ...audit, backend: 'wasm' }, location, only: null, out: null, queues: { workflow: '', cpu: '', gpu: '' }, code: 'test', searchAttributes: false, provenance: {},
  };
  const store = trial.store ?? new MemoryStore(), made: Partial<Record<StageName, readonly ArtifactRef[]>> = {};
  const make = async (name: StageName): Promise<void> => {
    for (const need of STAGE_NEEDS[name]) if (made[need] === undefined) await make(need);
    made[name] = await stageManifests(name, input, Object.fromEntries(STAGE_NEEDS[name].map((need) => [need, made[need]!])), { store, warn: trial.warn ?? (() => {}) });
    trial.ended?.push(name);
  };
  await make('report');
  const { artifacts, summary } = await readManifest(store, made.report![0]!), files = new Map<string, Buffer>();
  for (const [file, refs] of Object.entries(artifacts)) files.set(file, Buffer.concat(await Promise.all(refs.map((ref) => getArtifact(store, ref)))));
  return { store, made, files, documents: await loadReportDocuments(store, made), verdict: String(summary['verdict']) };
}

/** One stage, or one a seed. */
async function stageManifests(name: StageName, input: AuditInput, inputs: Partial<Record<StageName, readonly ArtifactRef[]>>, { store, warn }: { readonly store: Store; readonly warn: (line: string) => void }): Promise<ArtifactRef[]> {
  const stage = await loadStage(name), stages = STAGE_ORDER.map((each) => ({ name: each, state: 'completed', seconds: 0 } as const));
  const { seed, model } = input.config, seeded = name === 'train' || name === 'latents', manifests: ArtifactRef[] = [];
  for (let k = 0; k < (seeded ? model.seeds : 1); k++) {
    const own = name === 'latents' ? { ...inputs, train: [inputs.train![k]!] } : inputs;
    const request = { config: stageConfig(name, input, stages), inputs: own, seed: seed + (seeded ? k : 0) };
    const { manifest } = await runStage(stage, request, { store, signal: new AbortController().signal, warn, progress: () => undefined }) as StageCommit;
    manifests.push(manifest);
  }
  return manifests;
}

/** A table's text: rows made one by one. */
export function csvOf(header: readonly string[], rows: number, row: (i: number) => readonly (string | number)[]): string {
  return `${[header.join(','), ...Array.from({ length: rows }, (_, i) => row(i).join(','))].join('\n')}\n`;
}
