import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { cacheFolder } from './cache-folder.ts';
import { SetupError } from './setup-error.ts';
import { pathInPackage, WEBGPU_PACKAGE, webgpuLibrary } from './webgpu-library.ts';
import { noPlatform, notThere } from './webgpu-messages.ts';

const run = promisify(execFile);
const FETCH_TIMEOUT_MS = 10 * 60_000;

export interface FetchOptions {
  readonly again?: boolean;
  readonly say?: (line: string) => void;
  readonly cache?: string;
}

/** All that fetching takes besides the network. */
async function needs(): Promise<readonly string[]> {
  const works = (command: string): Promise<boolean> => run(command, ['--version'], { timeout: 60_000 }).then(() => true, () => false);
  const [npm, tar] = await Promise.all([works('npm'), works('tar')]);
  return [...npm ? [] : ['npm is missing, which fetches its library: it comes with Node'], ...tar ? [] : ['tar is missing, which unpacks its library: apt-get install tar']];
}

/** npm knows the registry, proxy and certificates that this machine is set up with. @returns the archive's path. */
async function fetchArchive(folder: string): Promise<string> {
  const { name, version } = WEBGPU_PACKAGE;
  try {
    await run('npm', ['pack', `${name}@${version}`, '--ignore-scripts', '--pack-destination', folder], { timeout: FETCH_TIMEOUT_MS, cwd: folder });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const said = stderr.split('\n').find((line) => line.startsWith('npm error') && !line.includes('A complete log')) ?? message.split('\n')[0]!;
    throw new SetupError('fetch-failed', `cannot fetch ${name} ${version} with npm: ${said.replaceAll(/\/\/[^/@\s]*@/g, '//')}. See that npm reaches its registry (npm ping), behind a proxy through HTTPS_PROXY`, { cause: error });
  }
  return join(folder, (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? '');
}

async function checkArchive(archive: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== WEBGPU_PACKAGE.integrity) {
    throw new SetupError('checksum', `${WEBGPU_PACKAGE.name} ${WEBGPU_PACKAGE.version} has ${integrity}, but ${WEBGPU_PACKAGE.integrity} is pinned: the registry serves another file; nothing was installed`);
  }
}

/**
 * Brings the pinned library of WebGPU for this platform into the cache. Does nothing when it is there.
 * @returns its path, and whether it was fetched now.
 * @throws SetupError `missing`, before anything is downloaded; `fetch-failed`, `checksum`, `unpack`.
 */
export async function fetchWebgpu({ again = false, say = () => {}, cache = cacheFolder() }: FetchOptions = {}): Promise<{ readonly library: string; readonly fetched: boolean }> {
  const library = webgpuLibrary(cache), inside = pathInPackage();
  if (inside === null) throw new SetupError('missing', notThere(noPlatform()), { details: [noPlatform()] });
  if (existsSync(library) && !again) return { library, fetched: false };
  const missing = await needs();
  if (missing.length > 0) throw new SetupError('missing', `the webgpu backend cannot be set up here:\n${missing.map((need) => `  - ${need}`).join('\n')}`, { details: missing });
  const place = dirname(library);
  await mkdir(dirname(place), { recursive: true });
  const staging = await mkdtemp(join(dirname(place), '.incoming-'));
  try {
    say(`fetching ${WEBGPU_PACKAGE.name} ${WEBGPU_PACKAGE.version} (${(WEBGPU_PACKAGE.bytes / 1e6).toFixed(0)} MB): WebGPU for Node`);
    const archive = await fetchArchive(staging), files = join(staging, 'files');
    await checkArchive(archive);
    await mkdir(files);
    await run('tar', ['-xzf', archive, '-C', files, `--strip-components=${inside.split('/').length}`, `package/${inside}`])
      .catch((error: unknown) => { throw new SetupError('unpack', `tar cannot unpack ${inside} of ${WEBGPU_PACKAGE.name}: ${(error as Error).message}`, { cause: error }); });
    if (again) await rm(place, { recursive: true, force: true });
    await rename(files, place).catch((error: unknown) => { if (!existsSync(library)) throw error; });
    say('fetched, checksum right');
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return { library, fetched: true };
}
