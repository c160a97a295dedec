import type { Wheel } from './wheel-table.ts';

/** `gpu` is the CUDA build; without a device it computes on the CPU. */
export type TensorflowVariant = 'cpu' | 'gpu';

export const TENSORFLOW_VERSION = '2.18.1';
/** What linking and running the binding takes, below the wheel's own folder. */
export const TENSORFLOW_LIBRARIES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'] as const;

/** The C interface's headers, with all that they include. */
const HEADERS = [
  'tensorflow/c/c_api.h', 'tensorflow/c/c_api_macros.h', 'tensorflow/c/eager/c_api.h', 'tensorflow/c/tf_attrtype.h', 'tensorflow/c/tf_buffer.h',
  'tensorflow/c/tf_datatype.h', 'tensorflow/c/tf_status.h', 'tensorflow/c/tf_tensor.h', 'tensorflow/c/tf_tstring.h',
  'tensorflow/core/platform/ctstring.h', 'tensorflow/core/platform/ctstring_internal.h', 'tsl/platform/ctstring.h', 'tsl/platform/ctstring_internal.h',
  'xla/tsl/c/tsl_status.h',
].map((name) => `tensorflow/include/${name}`);

const same = (paths: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(paths.map((path) => [path, path]));

/** The cp311 file whatever Python is there: nothing of it runs under Python. The library is the first. */
export const TENSORFLOW_WHEELS: Readonly<Record<TensorflowVariant, readonly Wheel[]>> = {
  cpu: [{
    package: 'tensorflow-cpu', version: TENSORFLOW_VERSION, purpose: 'TensorFlow, the fast backend', executable: false, bytes: 230_236_181,
    file: `tensorflow_cpu-${TENSORFLOW_VERSION}-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`,
    sha256: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298', unpack: same([...TENSORFLOW_LIBRARIES, ...HEADERS]),
  }],
  gpu: [],
};

/** Size of what is unpacked from the variant's wheels. */
export const TENSORFLOW_UNPACKED_BYTES: Readonly<Record<TensorflowVariant, number>> = { cpu: 683e6, gpu: 4.5e9 };
