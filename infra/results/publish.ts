import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuditRecord } from '../../activities/activities.ts';
import { getArtifact, readManifest } from '../../activities/artifacts.ts';
import type { ArtifactRef } from '../../activities/types.ts';
import type { Store } from '../store/store.ts';

/** A file's name inside the result folder, as the report stage gives it: `fairness.json`, `charts/latent-map.svg`. */
const FILE_NAME = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)?[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** parts: what makes up the file, one after the other; a large table comes in several. */
async function replaceFile(path: string, parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, fence: () => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const staging = `${path}.${process.pid}.part`;
  try {
    await writeFile(staging, parts);
    await fence();
    await rename(staging, path);
  } finally {
    await rm(staging, { force: true });
  }
}

async function* stored(store: Store, refs: readonly ArtifactRef[]): AsyncGenerator<Uint8Array> {
  for (const ref of refs) yield getArtifact(store, ref);
}

/** Files that an earlier result in this folder lists and this one does not. */
async function removeStale(out: string, kept: ReadonlySet<string>): Promise<void> {
  const path = join(out, 'manifest.json');
  if (!existsSync(path)) return;
  try {
    const { files } = JSON.parse(await readFile(path, 'utf8')) as { files: Record<string, string> };
    for (const name of Object.keys(files)) if (FILE_NAME.test(name) && !kept.has(name)) await rm(join(out, name), { force: true });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
}

/**
 * Writes the files of an audit's report to a folder, `manifest.json` last; what is there of an earlier result is replaced.
 * Each file appears whole or not at all.
 * @param fence called before each file takes its name; throws when another writer has taken over.
 */
export async function publishReport(store: Store, record: AuditRecord, out: string, fence: () => Promise<void> = async () => {}): Promise<void> {
  if (record.report === null) return;
  const { artifacts } = await readManifest(store, record.report);
  const names = Object.keys(artifacts).filter((name) => FILE_NAME.test(name)).sort((a, b) => Number(a === 'manifest.json') - Number(b === 'manifest.json'));
  await fence();
  await removeStale(out, new Set(names));
  for (const name of names) await replaceFile(join(out, name), stored(store, artifacts[name]!), fence);
  const provenance = { id: record.id, ...record.provenance, seconds: record.seconds, stages: record.stages };
  await replaceFile(join(out, 'provenance.json'), [new TextEncoder().encode(`${JSON.stringify(provenance, null, 2)}\n`)], fence);
}
