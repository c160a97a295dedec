import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildWorkflowBundle } from '../temporal/workflow-bundle.ts';

/**
 * Builds `dist/`, what the npm package ships: JavaScript (Node strips no types below node_modules), the declarations that the entry
 * points reach, styles and scripts of the page, and the workflows bundled. `npm run build`.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = ['workflows', 'activities', 'models', 'reports', 'infra'];

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

async function filesOf(folder: string, ending: RegExp): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, encoding: 'utf8' });
  return entries.filter((name) => ending.test(name)).sort();
}

/** tsc rewrites imports of `.ts` files in code alone: addresses of files (`new URL('./host.ts', import.meta.url)`) and declarations are left to us. */
async function renameReferences(dist: string): Promise<void> {
  for (const name of await filesOf(dist, /\.js$/)) {
    const path = join(dist, name), code = await readFile(path, 'utf8');
    const named = code.replaceAll(/(new URL\((['"])\.[^'"]*)\.ts(\2, import\.meta\.url\))/g, '$1.js$3');
    const left = /^(?!\s*(?:\/\/|\*)).*['"`]\.{1,2}\/[^'"`\s]*\.ts['"`]/m.exec(named);
    if (left !== null) throw new Error(`${name} names a source that the package does not hold: ${left[0].trim()}`);
    if (named !== code) await writeFile(path, named);
  }
  for (const name of await filesOf(dist, /\.d\.ts$/)) {
    const path = join(dist, name), text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll(/((?:from|import\()\s*(['"])\.[^'"]*)\.ts(\2)/g, '$1.js$3'));
  }
}

/** Declarations that an entry point reaches by relative imports; the others would only be weight. */
async function reachedDeclarations(entries: readonly string[]): Promise<ReadonlySet<string>> {
  const reached = new Set<string>(), open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    const text = await readFile(path, 'utf8');
    for (const [, target] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]*)\.js['"]/g)) open.push(join(dirname(path), `${target}.d.ts`));
  }
  return reached;
}

async function pruneDeclarations(root: string, dist: string, exported: PackageJson['exports']): Promise<void> {
  const entries = Object.values(exported).flatMap((entry) => (typeof entry === 'string' ? [] : [join(root, entry.types)]));
  const kept = await reachedDeclarations(entries);
  for (const name of await filesOf(dist, /\.d\.ts$/)) if (!kept.has(join(dist, name))) await rm(join(dist, name));
}

/** Everything in the rooms that is not compiled. */
async function copyAssets(root: string, dist: string): Promise<void> {
  for (const room of ROOMS) {
    await cp(join(root, room), join(dist, room), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  }
}

async function compile(root: string): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')], { cwd: root });
  } catch (error) {
    throw new Error(`the compiler refuses the sources:\n${(error as { stdout?: string }).stdout ?? String(error)}`, { cause: error });
  }
}

/** Builds the package's files of the checkout `root` into its `dist/`, whole or not at all. @throws Error with what the compiler said. */
export async function buildPackage(root: string = ROOT): Promise<string> {
  const dist = join(root, 'dist');
  const { name, version, exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageJson;
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  try {
    const [bundle] = await Promise.all([buildWorkflowBundle(), compile(root)]);
    await copyAssets(root, dist);
    await renameReferences(dist);
    await pruneDeclarations(root, dist, exports);
    await writeFile(join(dist, 'workflow-bundle.js'), bundle);
    // The built files find their version two folders up, as the sources do.
    await writeFile(join(dist, 'package.json'), `${JSON.stringify({ name, version, type: 'module' })}\n`);
  } catch (error) {
    await rm(dist, { recursive: true, force: true });
    throw error;
  }
  return dist;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  try {
    await buildPackage();
    process.stderr.write(`built dist in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
