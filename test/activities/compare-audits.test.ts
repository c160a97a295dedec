import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../activities/activities.ts';
import { compareAudits } from '../../activities/compare-audits.ts';
import type { Comparison, Effect } from '../../models/compare/types.ts';
import { applicants, table } from '../infra/schedule/night-fixture.ts';
import { MemoryStore } from './memory-store.ts';
import { runAudit } from './run-audit.ts';

const CONFIG = 'name: a\ndata: { path: data.csv, id: id, label: hired, positive: "yes", protected: [sex] }\n', QUICK = ['model.epochs=2', 'model.seeds=2', 'model.latent=3', 'model.hidden=16', 'model.batch=64'];
const store = new MemoryStore(), records = new Map<string, AuditRecord>(), files = new Map<string, ReadonlyMap<string, Buffer>>(), LINES = applicants({ seed: 1, rows: 1200 });

async function audit(id: string, data: string, settings: readonly string[] = [], config = CONFIG): Promise<void> {
  const { made, files: written } = await runAudit({ data, config, settings: [...QUICK, ...settings], store });
  files.set(id, written);
  records.set(id, { id, name: id, state: 'completed', out: null, stages: [], report: made.report![0]!, verdict: 'pass', failure: null, seconds: 0, provenance: {} });
}
const compare = (a: string, b: string): Promise<Comparison> => compareAudits(store, records.get(a)!, records.get(b)!);
const changed = ({ effects }: Comparison): readonly Effect[] => effects.filter(({ verdict }) => verdict === 'changed');

beforeAll(async () => {
  await audit('plain', table(LINES));
  const decided = [...LINES, ...applicants({ seed: 11, rows: 500, first: 1200 })].map((line, i) => `${line},${((37 * i) % 101) / 126 + (line.includes(',m,') ? 0.15 : 0)},c${i % 150}`), header = 'id,age,job,sex,hired,score,firm';
  const scored = CONFIG.replace('[sex]', '[sex, job]').replace('label: hired', 'label: hired, score: score, threshold: 0.6, exclude: [firm]'), clusters = scored.replace('exclude: [firm]', 'cluster: firm');
  await audit('decided', table(decided.slice(0, 1200), header), [], scored);
  await audit('decided-seed-7', table(decided.slice(0, 1200), header), ['seed=7'], scored);
  await audit('decided-more', table(decided, header), [], scored);
  await audit('clustered', table(decided.slice(0, 1200), header), [], clusters);
  await audit('clustered-more', table(decided, header), [], clusters);
  await audit('seed-7', table(LINES), ['seed=7']);
  await audit('shuffled', table(LINES.toReversed()));
  await audit('other', table(applicants({ seed: 2, rows: 1200, first: 5000, gap: 0.5, shift: 10 })));
  await audit('without-ids', table(LINES.map((line) => line.replace(/^[^,]+,/, '')), 'age,job,sex,hired'), [], CONFIG.replace('id: id, ', ''));
}, 300_000);

describe('two audits', () => {
  it('of the same data with other seeds show no change beyond their stated error', async () => {
    const found = await compare('plain', 'seed-7');
    expect(changed(found)).toEqual([]);
    expect(found).toMatchObject({ changes: 0, rows: { by: 'id', shared: 1200, altered: 0, added: 0, removed: 0 } });
    // What the seed does not touch is exactly the same; what it does has an interval.
    for (const effect of found.effects.filter(({ kind }) => kind === 'column')) expect(effect, effect.sentence).toMatchObject({ verdict: 'same', value: 0 });
    expect(found.effects.find(({ measure }) => measure === 'base_rate_difference')).toMatchObject({ value: 0, verdict: 'same' });
    expect(found.effects.find(({ kind, measure }) => kind === 'latent' && measure === 'auroc')).toMatchObject({ verdict: 'same' });
    expect(found.summary).toMatch(/^plain \(1200 rows\) → seed-7 \(1200 rows\): no change beyond what counts in \d+ comparisons/);
  });

  it('of the same rows in another order share all of them', async () => {
    const found = await compare('plain', 'shuffled');
    expect(found.rows).toMatchObject({ shared: 1200, altered: 0 });
    expect(found.effects.filter(({ kind }) => kind === 'column' || kind === 'data').every(({ verdict }) => verdict === 'same')).toBe(true);
  });

  it('that share rows and decisions pair every disparity, of intersections too; of clustered rows gaps in rates and means', async () => {
    const found = await compare('decided', 'decided-more'), of = (measure: string, subject = 'sex'): Effect => found.effects.find((effect) => effect.kind === 'disparity' && effect.measure === measure && effect.subject === subject)!;
    const document = (JSON.parse(new TextDecoder().decode(files.get('decided')!.get('fairness.json'))) as { disparities: { attribute: string; metric: string; value: number | null }[] }).disparities;
    const paired = found.effects.filter(({ kind, note }) => kind === 'disparity' && note === 'paired over the rows that are in both');
    for (const measure of ['base_rate_difference', 'demographic_parity_difference', 'demographic_parity_ratio', 'true_positive_rate_ratio', 'false_discovery_rate_ratio', 'mean_score_difference', 'brier_difference', 'calibration_in_the_large_difference', 'auroc_difference', 'auroc_ratio', 'average_odds_difference', 'equalized_odds_difference', 'equalized_odds_ratio', 'differential_fairness', 'treatment_equality', 'expected_calibration_error_difference', 'abroca']) expect(of(measure)?.note, measure).toBe('paired over the rows that are in both');
    expect(of('demographic_parity_difference', 'sex*job').note).toBe('paired over the rows that are in both');
    for (const { subject, measure, before } of paired) expect(before, `${subject} ${measure}`).toBeCloseTo(document.find(({ attribute, metric }) => attribute === subject && metric === measure)!.value!, 6);
    expect(paired.length).toBeGreaterThan(60);
    const clustered = await compare('clustered', 'clustered-more');
    const noted = (measure: string): string | null => clustered.effects.find((effect) => effect.kind === 'disparity' && effect.subject === 'sex' && effect.measure === measure)!.note;
    expect(['base_rate_difference', 'demographic_parity_difference', 'mean_score_difference', 'average_odds_difference'].map(noted)).toEqual(Array.from({ length: 4 }, () => 'paired over the rows that are in both'));
    expect(['auroc_difference', 'demographic_parity_ratio', 'equalized_odds_difference'].map(noted)).toEqual(Array.from({ length: 3 }, () => 'not paired: wider than need be'));
    expect((await compare('clustered', 'clustered')).effects.filter(({ kind }) => kind === 'disparity').every(({ value }) => value === 0)).toBe(true);
    // The same rows and decisions: whatever can be measured of them is the same exactly.
    const same = await compare('decided', 'decided-seed-7');
    for (const effect of same.effects.filter(({ kind }) => kind === 'disparity')) expect(effect, effect.sentence).toMatchObject({ value: 0, verdict: 'same' });
  });

  it('of data that moved say what moved: the gap, the column, the whole, the latent space', async () => {
    const found = await compare('plain', 'other'), names = changed(found).map(({ kind, subject, measure }) => `${kind} ${subject} ${measure}`);
    expect(names).toEqual(expect.arrayContaining(['disparity sex base_rate_difference', 'column age smd', 'column age ks', 'data all columns auroc']));
    expect(names.some((name) => name.startsWith('latent'))).toBe(true);
    expect(names).not.toContain('column job total_variation');
    expect(found.rows).toMatchObject({ shared: 0, added: 1200, removed: 1200 });
    const gap = found.effects.find(({ measure }) => measure === 'base_rate_difference')!;
    expect(Math.abs(gap.value!)).toBeGreaterThan(0.35);
    expect(gap.interval![0] <= gap.value! && gap.value! <= gap.interval![1]).toBe(true);
    expect(found.newOutliers.every(({ added }) => added)).toBe(true);
    for (const kind of ['outliers', 'weights', 'training', 'latent', 'disparity']) expect(kind === 'outliers' || found.effects.some((effect) => effect.kind === kind), kind).toBe(true);
  });

  it('with and without an id column: the schema is named, and no row is taken for the same', async () => {
    const found = await compare('plain', 'without-ids');
    expect(changed(found).map(({ sentence }) => sentence)).toContain('the column id is gone');
    expect(found.rows).toBeNull();
    expect(found.notes.join(' ')).toContain('no row is known to be the same');
    expect((await compare('without-ids', 'without-ids')).rows).toMatchObject({ by: 'content', shared: 1200 });
  });

  it('whose results are gone are named', async () => {
    await expect(compareAudits(store, { ...records.get('plain')!, report: null }, records.get('other')!)).rejects.toMatchObject({ name: 'DataError', code: 'no-result' });
  });
});
