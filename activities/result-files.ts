import { createHash } from 'node:crypto';
import type { Store } from '../infra/store/store.ts';
import { getArtifact, MAXIMUM_OBJECT_BYTES, putArtifact, toJson } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/** The files of a result by name: each a list of stored objects that make up the file when written one after the other. */
export class ResultFiles {
  readonly #store: Store;
  readonly #files = new Map<string, { readonly refs: readonly ArtifactRef[]; readonly sha256: string }>();

  constructor(store: Store) {
    this.#store = store;
  }

  async addText(name: string, text: string): Promise<void> {
    await this.addParts(name, [new TextEncoder().encode(text)]);
  }

  async addJson(name: string, value: unknown): Promise<void> {
    await this.addText(name, `${toJson(value, 2)}\n`);
  }

  /** Parts of any size; what is over the limit of an object is cut. */
  async addParts(name: string, parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const hash = createHash('sha256'), refs: ArtifactRef[] = [];
    for await (const part of parts) {
      hash.update(part);
      for (let start = 0; start < Math.max(part.length, 1); start += MAXIMUM_OBJECT_BYTES) {
        refs.push(await putArtifact(this.#store, part.subarray(start, start + MAXIMUM_OBJECT_BYTES)));
      }
    }
    this.#files.set(name, { refs, sha256: hash.digest('hex') });
  }

  /** A file that another stage stored already, whole in one object or cut into several. */
  async addStored(name: string, refs: readonly ArtifactRef[]): Promise<void> {
    if (refs.length === 1) {
      this.#files.set(name, { refs, sha256: refs[0]!.sha256 });
      return;
    }
    const hash = createHash('sha256');
    for (const ref of refs) hash.update(await getArtifact(this.#store, ref));
    this.#files.set(name, { refs, sha256: hash.digest('hex') });
  }

  get size(): number {
    return this.#files.size;
  }

  /** Name → sha256 of the whole file, in order of the names. */
  hashes(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#sorted().map(([name, file]) => [name, file.sha256]));
  }

  artifacts(): Readonly<Record<string, readonly ArtifactRef[]>> {
    return Object.fromEntries(this.#sorted().map(([name, file]) => [name, file.refs]));
  }

  #sorted(): readonly (readonly [string, { readonly refs: readonly ArtifactRef[]; readonly sha256: string }])[] {
    return [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
