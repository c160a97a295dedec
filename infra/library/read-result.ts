import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AuditDocuments, ResultFile } from './audit-result.ts';

const DOCUMENTS = ['report', 'profile', 'density', 'fairness', 'debias', 'mitigation', 'outliers', 'perturbation', 'slices'] as const satisfies readonly (keyof AuditDocuments)[];

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8')) as unknown;
}

/**
 * The files and documents of a result folder, as its manifest lists them.
 * @throws Error when there is no manifest: no result was written there.
 */
export async function readResult(folder: string): Promise<{ readonly files: readonly ResultFile[]; readonly documents: AuditDocuments }> {
  const out = resolve(folder);
  const manifest = await readJson(join(out, 'manifest.json')) as { readonly files: Readonly<Record<string, string>> };
  const files = Object.entries(manifest.files).map(([name, sha256]): ResultFile => ({ name, path: join(out, name), sha256 }));
  const read = DOCUMENTS.map(async (name) => [name, Object.hasOwn(manifest.files, `${name}.json`) ? await readJson(join(out, `${name}.json`)) : null] as const);
  return { files, documents: Object.fromEntries(await Promise.all(read)) as unknown as AuditDocuments };
}
