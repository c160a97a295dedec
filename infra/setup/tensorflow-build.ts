import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { TENSORFLOW_VERSION, TENSORFLOW_WHEELS, type TensorflowVariant } from './tensorflow-wheels.ts';

/** Files of the package's binding that take part in the build. */
const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'];
const INCLUDED = ['napi_auto_ref.h', 'tf_auto_status.h', 'tf_auto_tensor.h', 'tfe_auto_op.h', 'tfjs_backend.h', 'utils.h'];
/** Node-API is the same interface in every Node since 12.22, so one binding serves all of them. */
const FLAGS = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'];

const require = createRequire(import.meta.url);

/** Where one variant's build lies, or will lie, in the cache: keyed by the checksums of wheels, sources and flags. */
export interface TensorflowBuild {
  readonly variant: TensorflowVariant;
  /** TensorFlow's libraries and headers, in the wheels' own order. */
  readonly folder: string;
  readonly binding: string;
  readonly sources: readonly string[];
  readonly flags: readonly string[];
}

/** Folder of the package with the binding's sources; null when it is not installed (it is optional). */
function bindingSources(): string | null {
  try {
    return join(dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')), 'binding');
  } catch {
    return null;
  }
}

const digest = (parts: readonly (string | Buffer)[]): string => parts.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256')).digest('hex').slice(0, 12);

/** Null when the package with the binding's sources is not installed. */
export function tensorflowBuild(variant: TensorflowVariant, cache: string = cacheFolder()): TensorflowBuild | null {
  const source = bindingSources();
  if (source === null) return null;
  const sources = SOURCES.map((name) => join(source, name));
  const contents = [...sources, ...INCLUDED.map((name) => join(source, name))].map((path) => readFileSync(path));
  const folder = join(cache, 'tensorflow', `${variant}-${TENSORFLOW_VERSION}-${digest(TENSORFLOW_WHEELS[variant].map((wheel) => wheel.sha256))}`);
  return { variant, folder, binding: join(folder, `binding-${digest([...FLAGS, ...contents])}`, 'tfjs_binding.node'), sources, flags: FLAGS };
}

/** Whether this machine has a device that a CUDA build can use. */
function hasNvidiaDevice(): boolean {
  return existsSync('/dev/nvidiactl');
}

/** The build that this machine runs: the CUDA one where there is a device for it or nothing else, the CPU's otherwise; null when none is there. */
export function findTensorflow(cache: string = cacheFolder()): TensorflowBuild | null {
  const order: readonly TensorflowVariant[] = hasNvidiaDevice() ? ['gpu', 'cpu'] : ['cpu', 'gpu'];
  for (const variant of order) {
    const build = tensorflowBuild(variant, cache);
    if (build !== null && existsSync(build.binding)) return build;
  }
  return null;
}
