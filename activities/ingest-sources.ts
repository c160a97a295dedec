import { findSources } from '../infra/readers/find-sources.ts';
import { ReaderError } from '../infra/readers/reader-error.ts';
import { hashSources, type Source } from '../infra/readers/source.ts';
import { DataError } from './data-error.ts';

interface Hashed {
  readonly sources: readonly Source[];
  readonly fingerprint: string;
  readonly stamps: readonly (string | undefined)[];
}

/** What a configuration's data was hashed from, until it has been read: what is far away is fetched once, and read from the copy that this leaves. */
const hashed = new WeakMap<object, Hashed>();

/** Opens and hashes the sources of a configuration's data. @throws DataError */
export async function hashData(config: { readonly data: { readonly path: string } }, signal: AbortSignal): Promise<Hashed> {
  letGo(config);
  return asDataError(async () => {
    const sources = await findSources(config.data.path);
    try {
      const stamps = await stampsOf(sources), found = { sources, fingerprint: await hashSources(sources, signal), stamps };
      hashed.set(config, found);
      return found;
    } catch (error) {
      for (const source of sources) source.close?.();
      throw error;
    }
  });
}

export function hashedData(config: object): Hashed | undefined {
  return hashed.get(config);
}

export function letGo(config: object): void {
  for (const source of hashed.get(config)?.sources ?? []) source.close?.();
  hashed.delete(config);
}

/** @throws Error when what was read since may not be what was hashed: another attempt begins with the new data. */
export async function assertUnchanged({ sources, stamps }: Hashed): Promise<void> {
  const now = await stampsOf(sources), changed = sources.find((_, i) => now[i] !== stamps[i]);
  if (changed !== undefined) throw new Error(`${changed.name} was changed while it was read; it is read again`);
}

function stampsOf(sources: readonly Source[]): Promise<readonly (string | undefined)[]> {
  return Promise.all(sources.map((source) => source.stamp?.()));
}

export async function asDataError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof ReaderError ? new DataError(error.code, error.message, { cause: error }) : error;
  }
}
