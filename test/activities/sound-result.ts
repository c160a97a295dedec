import { tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { sha256 } from '../../activities/artifacts.ts';
import type { AuditRun } from './run-audit.ts';

/** What a number that is none, or a value that was forgotten, looks like to a reader. */
const BROKEN = /\bNaN\b|\bInfinity\b|\bundefined\b|\[object /;

const FILES = ['report.json', 'fairness.json', 'outliers.csv', 'weights.csv', 'resampled.arrow', 'latents.arrow', 'training.csv', 'slices.json', 'perturbation.json',
  'profile.json', 'density.json', 'debias.json', 'outliers.json', 'manifest.json', 'report.html'];

/** Everything that must hold of a result whatever the data was, as a list of what does not: empty when it is sound. */
export function problemsOf(run: AuditRun): string[] {
  const missing = FILES.filter((name) => !run.files.has(name)).map((name) => `there is no ${name}`);
  return missing.length > 0 ? missing : [...textProblems(run), ...countProblems(run), ...fairnessProblems(run), ...numberProblems(run), ...hashProblems(run)];
}

export function textOf(run: AuditRun, name: string): string {
  return run.files.get(name)!.toString();
}

/** What a reader sees of the page: its text without styles, scripts and the configuration. */
export function pageText(run: AuditRun): string {
  return textOf(run, 'report.html').replaceAll(/<(script|style|pre)[^>]*>[^]*?<\/\1>/g, ' ').replaceAll(/<[^>]*>/g, ' ');
}

function linesOf(run: AuditRun, name: string): Record<string, string>[] {
  return parse(run.files.get(name)!, { columns: true });
}

function* textProblems(run: AuditRun): Iterable<string> {
  const page = pageText(run), broken = BROKEN.exec(page);
  if (/>\s*null\s*</.test(textOf(run, 'report.html'))) yield 'the page says null';
  if (broken !== null) yield `the page says ${page.slice(Math.max(0, broken.index - 80), broken.index + 40)}`;
  for (const [name, bytes] of run.files) {
    if (!/\.(svg|csv)$/.test(name)) continue;
    const found = BROKEN.exec(bytes.toString());
    if (found !== null) yield `${name} says ${bytes.toString().slice(Math.max(0, found.index - 60), found.index + 20)}`;
  }
}

function* countProblems(run: AuditRun): Iterable<string> {
  const { rows, usable, unusable, split } = run.documents.profile!;
  if (usable + unusable.reduce((sum, { count }) => sum + count, 0) !== rows) yield 'usable and unusable rows are not all rows';
  if (split.train + split.validation + split.test !== usable) yield 'the parts are not the usable rows';
  const weights = linesOf(run, 'weights.csv').map(({ weight }) => Number(weight)), total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length !== usable || !(Math.abs(total - usable) < 1e-6 * usable)) yield `${weights.length} weights sum to ${total}, of ${usable} rows`;
  const ranks = linesOf(run, 'outliers.csv').map(({ rank }) => Number(rank));
  if (ranks.length !== usable || ranks.some((rank, i) => rank !== i + 1)) yield 'outliers.csv does not rank every usable row';
  for (const name of ['latents.arrow', 'resampled.arrow']) {
    const count = tableFromIPC(run.files.get(name)!).numRows;
    if (count !== usable) yield `${name} holds ${count} of ${usable} rows`;
  }
}

function* fairnessProblems({ documents, verdict }: AuditRun): Iterable<string> {
  const { groups, disparities, findings, notes, data, individual } = documents.fairness!;
  for (const each of [...groups, ...disparities, ...data, ...individual]) {
    const metric = each as { metric: string; attribute?: string; value: number | null; interval: readonly (number | null)[] | null; note?: string | null };
    if ((metric.value === null || metric.interval === null) && !metric.note) yield `${metric.attribute ?? ''} ${metric.metric} is null without a reason`;
    const [low, high] = metric.interval ?? [];
    if (typeof low === 'number' && typeof high === 'number' && low > high) yield `${metric.metric} has the interval ${low} to ${high}`;
  }
  const survives = findings.some((finding) => finding.survives), headline = disparities.filter(({ family }) => family === 'headline');
  if (survives !== (verdict === 'findings')) yield `the verdict is ${verdict}, and findings ${survives ? 'survive' : 'do not'}`;
  if (verdict === 'pass' && (headline.length === 0 || headline.some((each) => each.verdict !== 'parity'))) yield 'it passes without parity everywhere';
  if (headline.length === 0 && (verdict !== 'undecided' || notes.length === 0)) yield `a verdict from nothing: ${verdict}`;
}

function* numberProblems(run: AuditRun): Iterable<string> {
  for (const line of linesOf(run, 'training.csv')) {
    for (const key of ['epoch', 'loss', 'reconstruction', 'kl']) if (!Number.isFinite(Number.parseFloat(line[key]!))) yield `training.csv has no ${key}`;
  }
  for (const vector of tableFromIPC(run.files.get('latents.arrow')!).getChild('mu') ?? []) {
    for (const value of vector as Iterable<number>) if (!Number.isFinite(value)) yield 'a latent mean is no number';
  }
}

function* hashProblems(run: AuditRun): Iterable<string> {
  const { files } = JSON.parse(textOf(run, 'manifest.json')) as { files: Record<string, string> };
  for (const [name, bytes] of run.files) {
    if (name !== 'manifest.json' && files[name] !== sha256(bytes)) yield `${name} is not what the manifest lists`;
    if (name.endsWith('.json')) JSON.parse(bytes.toString());
  }
}
