import { createHash } from 'node:crypto';
import { Table, Utf8, makeVector, tableFromIPC, tableToIPC, vectorFromArray } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { putArtifact, putJson } from '../../activities/artifacts.ts';
import { writeLatentsPart } from '../../activities/latents-part.ts';
import { report, type ReportStageConfig } from '../../activities/report.ts';
import type { ArtifactRef, StageInput, StageName, StageOutput } from '../../activities/types.ts';
import { writeDataset } from '../../activities/write-dataset.ts';
import type { TablePart } from '../../infra/readers/table-part.ts';
import type { TrainingSummary } from '../../models/networks/types.ts';
import type { ReportDocuments } from '../../reports/report-input.ts';
import { reportFixture } from '../reports/fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const ROWS = 500;
const CONFIG: ReportStageConfig = { name: 'adult', seed: 7, backend: 'auto', configJson: { name: 'adult', seed: 7 }, code: 'penumbra 0.1.0', html: true, stages: [{ name: 'ingest', state: 'completed' }] };

/** Rows named by hostile ids, as a data set may hold. */
function rows(from: number, length: number): TablePart {
  const levels = ['=cmd()', '@x', 'plain', 'with "quotes", and\na line'];
  return { rowNumbers: Uint32Array.from({ length }, (_, i) => from + i), split: new Uint8Array(length),
    table: { rows: length, columns: [{ kind: 'category', name: 'id', levels, codes: Int32Array.from({ length }, (_, i) => (from + i) % 4) }, { kind: 'number', name: 'x', values: Float64Array.from({ length }, (_, i) => from + i) }] } };
}

/** The manifests of an audit as its stages would leave them; what is stored in parts is stored in two. */
async function inputs(store: MemoryStore, documents: ReportDocuments): Promise<StageInput['inputs']> {
  const context = testContext(store), manifest = async (stage: StageName, summary: unknown, artifacts: Record<string, readonly ArtifactRef[]> = {}): Promise<ArtifactRef> =>
    putJson(store, { stage, version: 1, identity: '', summary: {}, artifacts: { summary: [await putJson(store, summary)], ...artifacts } });
  const profile = { ...documents.profile!, columns: [{ ...documents.profile!.columns[4]!, name: 'id', roles: ['id'] }, ...documents.profile!.columns.slice(0, 3)] };
  const table = await writeDataset(rows(0, ROWS), new Map([['id', ['id']]]), context);
  const row = Uint32Array.from({ length: ROWS }, (_, i) => i), order = row.map((i) => ((i * 7) % ROWS) + 1), none = new Float64Array(ROWS).fill(NaN);
  const scores = new Table({ row: makeVector(row), score: makeVector(Float64Array.from(order, (rank) => 1 / rank)), rank: makeVector(order), p_value: makeVector(none), q_value: makeVector(none.slice()), flagged: makeVector(new Uint8Array(ROWS)) });
  const weights = new Table({ row: makeVector(row), id: vectorFromArray(Array.from(row, (i) => `=${i}`), new Utf8()), weight: makeVector(new Float64Array(ROWS).fill(1)), density: makeVector(new Float64Array(ROWS).fill(1 / 3)) });
  const latents = [0, 300].map((from) => writeLatentsPart({ rowNumbers: Uint32Array.from({ length: from === 0 ? 300 : 200 }, (_, i) => from + i), units: 2, mu: new Float32Array(from === 0 ? 600 : 400).fill(from), logVar: new Float32Array(from === 0 ? 600 : 400), reconstruction: new Float32Array(from === 0 ? 300 : 200), kl: new Float32Array(from === 0 ? 300 : 200) }));
  const put = (bytes: Uint8Array, length = ROWS): Promise<ArtifactRef> => putArtifact(store, bytes, length);
  return {
    ingest: [await manifest('ingest', profile, { table })], encode: [await manifest('encode', documents.encoder)], density: [await manifest('density', documents.density)],
    train: await Promise.all(documents.training!.map((each) => manifest('train', each))), latents: [await manifest('latents', {}, { latents: await Promise.all(latents.map((bytes) => put(bytes))) }), await manifest('latents', {}, { latents: [await put(latents[0]!)] })],
    fairness: [await manifest('fairness', documents.fairness)], outliers: [await manifest('outliers', documents.outliers, { scores: [await put(tableToIPC(scores, 'file'))] })],
    debias: [await manifest('debias', documents.debias, { mitigation: [await putJson(store, documents.mitigation)], weights: [await put(tableToIPC(weights, 'file'))], resampled: [...await writeDataset(rows(0, 100), new Map(), context), ...await writeDataset(rows(301, 50), new Map(), context)] })],
    perturb: [await manifest('perturb', documents.perturbation)], slices: [await manifest('slices', documents.slices)],
  };
}

async function bytesOf(store: MemoryStore, refs: readonly ArtifactRef[]): Promise<Buffer> {
  return Buffer.concat(await Promise.all(refs.map((ref) => store.get(ref.key))));
}

describe('the report stage', () => {
  const store = new MemoryStore();
  let output: StageOutput, given: StageInput['inputs'];
  const text = async (name: string): Promise<string> => (await bytesOf(store, output.artifacts[name]!)).toString('utf8');
  beforeAll(async () => {
    given = await inputs(store, reportFixture({ hostile: true }).documents);
    output = await report.run({ config: CONFIG, inputs: given, seed: 7 }, testContext(store));
  });

  it('writes every file of the contract', () => {
    const names = Object.keys(output.artifacts), charts = names.filter((name) => name.startsWith('charts/'));
    expect(names.filter((name) => !charts.includes(name))).toEqual(['debias.json', 'density.json', 'fairness.json', 'latents.arrow', 'manifest.json', 'mitigation.json', 'outliers.csv', 'outliers.json', 'perturbation.json', 'profile.json',
      'report.html', 'report.json', 'resampled.arrow', 'slices.json', 'training.csv', 'weights.csv']);
    expect(charts.length).toBeGreaterThan(20);
    expect(output.summary).toEqual({ verdict: 'findings', findings: 2, files: names.length });
  });

  it('hashes every file but the manifest in the manifest', async () => {
    const manifest = JSON.parse(await text('manifest.json')) as { files: Record<string, string>; [key: string]: unknown };
    expect(Object.keys(manifest.files).sort()).toEqual(Object.keys(output.artifacts).filter((name) => name !== 'manifest.json').sort());
    for (const [name, hash] of Object.entries(manifest.files)) expect([name, createHash('sha256').update(await bytesOf(store, output.artifacts[name]!)).digest('hex')]).toEqual([name, hash]);
    expect(manifest).toMatchObject({ inputs: { data: {}, stages: { ingest: [expect.stringMatching(/^[0-9a-f]{64}$/)] } }, config: CONFIG.configJson, code: CONFIG.code, backend: 'wasm', computedOn: [], seed: 7 });
  });

  it('says in report.json what the contract promises', async () => {
    const made = JSON.parse(await text('report.json')) as Record<string, unknown>;
    expect(made).toMatchObject({ name: 'adult', verdict: 'findings', stages: CONFIG.stages, backend: 'wasm', computedOn: [], seed: 7, config: CONFIG.configJson });
    expect(made['findings']).toHaveLength(2);
  });

  it('gives fairness.json as the fairness stage stored it', async () => {
    expect(JSON.parse(await text('fairness.json'))).toEqual(JSON.parse(JSON.stringify(reportFixture({ hostile: true }).documents.fairness, (_, value: unknown) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value))));
  });

  it('ranks all rows in outliers.csv, and runs no formula', async () => {
    const lines = parse(await text('outliers.csv'), { columns: true }) as Record<string, string>[];
    expect(lines.map((line) => Number(line['rank']))).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
    expect(new Set(lines.map((line) => line['id']))).toEqual(new Set(["'=cmd()", "'@x", 'plain', 'with "quotes", and\na line']));
    expect(lines[0]).toMatchObject({ p_value: '', q_value: '', flagged: 'false' });
    expect(lines.filter((line) => line['reasons'] !== '').length).toBeGreaterThan(5);
  });

  it('writes a weight for every row', async () => {
    const lines = parse(await text('weights.csv'), { columns: true }) as Record<string, string>[];
    expect(lines).toHaveLength(ROWS);
    expect(lines[3]).toEqual({ row: '3', id: "'=3", weight: '1', density: '0.333333333' });
    expect((await text('training.csv')).split('\n').slice(0, 2)[0]).toMatch(/^seed,epoch,loss,reconstruction,kl,active_units,ess/);
  });

  it('joins what was stored in parts into one Arrow file', async () => {
    const resampled = tableFromIPC(await bytesOf(store, output.artifacts['resampled.arrow']!)), latents = tableFromIPC(await bytesOf(store, output.artifacts['latents.arrow']!));
    expect(resampled.numRows).toBe(150);
    expect([resampled.getChild('row')!.get(120), resampled.getChild('id')!.get(120), resampled.getChild('x')!.get(120)]).toEqual([321, '@x', 321]);
    expect([latents.numRows, latents.getChild('row')!.get(400), Array.from(latents.getChild('mu')!.get(400) as Iterable<number>)]).toEqual([500, 400, [300, 300]]);
  });

  it('tells nothing of β where there is one', async () => {
    expect(output.artifacts).not.toHaveProperty('beta.csv');
    expect(JSON.parse(await text('report.json'))).not.toHaveProperty('betas');
    expect(await text('report.html')).not.toContain('id="beta"');
  });

  describe('of several β', () => {
    const betas = [1, 4, 0.5];
    let several: StageOutput, own: readonly TrainingSummary[];
    const file = async (name: string): Promise<string> => (await bytesOf(store, several.artifacts[name]!)).toString('utf8');
    beforeAll(async () => {
      own = reportFixture().documents.training!;
      // Networks of another β were trained by another machine, and ended elsewhere.
      const further = await Promise.all(betas.slice(1).flatMap((beta) => own.map((each) => putJson(store, { ...each, computedOn: 'elsewhere', klPerUnit: each.klPerUnit.map((kl) => kl / beta) }))));
      const manifests = await Promise.all(further.map((summary) => putJson(store, { stage: 'train', version: 1, identity: '', summary: {}, artifacts: { summary: [summary] } })));
      several = await report.run({ config: { ...CONFIG, betas }, inputs: { ...given, train: [...given.train!, ...manifests] }, seed: 7 }, testContext(store));
    });

    it('writes a line a network into beta.csv, and leaves what tells of the audit’s own as it is', async () => {
      const lines = parse(await file('beta.csv'), { columns: true }) as Record<string, string>[], kl = own[1]!.klPerUnit.reduce((sum, unit) => sum + unit, 0), loss = own[1]!.epochs[own[1]!.bestEpoch - 1]!.validationLoss;
      expect(lines.map(({ beta, seed }) => `${beta} ${seed}`)).toEqual(betas.flatMap((beta) => own.map(({ seed }) => `${beta} ${seed}`)));
      expect(Number(lines[4]!['kl'])).toBeCloseTo(kl / 4, 6);
      expect(Number(lines[4]!['reconstruction'])).toBeCloseTo(loss - kl, 6);
      expect(Number(lines[4]!['loss'])).toBeCloseTo(loss, 6);
      const different = Object.keys(several.artifacts).filter((name) => JSON.stringify(several.artifacts[name]) !== JSON.stringify(output.artifacts[name]));
      expect(different).toEqual(['beta.csv', 'charts/beta-rate-distortion.svg', 'manifest.json', 'report.html', 'report.json']);
    });

    it('tells in report.json of each with mean and range, in the manifest of every machine, and on the page what it does not tell', async () => {
      const made = JSON.parse(await file('report.json')) as { betas: { beta: number; networks: { kl: number }[]; kl: { mean: number; lowest: number; highest: number } }[]; computedOn: string[] };
      expect(made.betas.map(({ beta, networks }) => [beta, networks.length])).toEqual(betas.map((beta) => [beta, own.length]));
      const rates = made.betas[1]!.networks.map(({ kl }) => kl);
      expect([made.betas[1]!.kl.lowest, made.betas[1]!.kl.highest]).toEqual([Math.min(...rates), Math.max(...rates)]);
      expect(made.computedOn).toEqual(['elsewhere']);
      expect(JSON.parse(await file('manifest.json'))).toMatchObject({ computedOn: ['elsewhere'], inputs: { stages: { train: { length: 9 } } } });
      const page = await file('report.html'), part = page.slice(page.indexOf('<h3 id="beta"'), page.indexOf('<section id="profile"'));
      for (const words of ['This audit rests on β = 1', '1 (the audit’s)', 'losses of two β are not comparable', 'What this does not tell', 'model.beta: 4', 'chart-beta-rate-distortion']) expect(part).toContain(words);
      expect(page).toContain('Training by seed');
    });
  });

  it('gives the same objects when run again', async () => {
    const again = await report.run({ config: CONFIG, inputs: given, seed: 7 }, testContext(new MemoryStoreOver(store)));
    expect(again).toEqual(output);
  });

  it('stops when it is told to', async () => {
    const reason = new Error('cancelled');
    await expect(report.run({ config: CONFIG, inputs: given, seed: 7 }, testContext(store, null, AbortSignal.abort(reason)))).rejects.toBe(reason);
  });

  it('leaves out the page when asked, and what was not computed', async () => {
    const part = await report.run({ config: { ...CONFIG, html: false }, inputs: { ingest: given.ingest! }, seed: 7 }, testContext(store));
    expect(Object.keys(part.artifacts).filter((name) => !name.startsWith('charts/'))).toEqual(['manifest.json', 'profile.json', 'report.json']);
    expect(part.summary).toMatchObject({ verdict: 'undecided', findings: 0 });
  });
});

/** Reads from another store, keeps its own writes: shows that nothing rests on what was written before. */
class MemoryStoreOver extends MemoryStore {
  readonly #under: MemoryStore;
  constructor(under: MemoryStore) {
    super();
    this.#under = under;
  }
  override async get(key: string): Promise<Uint8Array> {
    return this.objects.get(key) ?? this.#under.get(key);
  }
}
