import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { cacheFolder } from '../setup/cache-folder.ts';
import { codeVersion } from '../setup/code-version.ts';

const WORKFLOWS = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
/** The npm package ships its bundle; a checkout has none. */
const SHIPPED = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The workflows as one script, built with webpack. */
export async function buildWorkflowBundle(): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('ERROR') });
  return code;
}

/** Path of the workflow bundle of these sources: the package's own, or one in the cache. That is built by a process of its own: webpack's memory would stay with the host. */
export async function workflowBundlePath(): Promise<string> {
  if (existsSync(SHIPPED)) return SHIPPED;
  const folder = join(cacheFolder(), 'bundles');
  const path = join(folder, `${codeVersion().split(':')[1]!.slice(0, 32)}.js`);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), path]);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = process.argv[2]!;
  await writeFile(`${path}.${process.pid}`, await buildWorkflowBundle());
  await rename(`${path}.${process.pid}`, path);
}
