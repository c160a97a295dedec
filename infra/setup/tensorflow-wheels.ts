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

/** A wheel of the CUDA libraries that TensorFlow's own extra `and-cuda` pins; `place` is its folder below `nvidia/`. */
function nvidia(place: string, version: string, sha256: string, bytes: number, files: readonly string[], executable = false): Wheel {
  const name = `nvidia_${place}_cu12`;
  return {
    package: name.replaceAll('_', '-'), version, purpose: 'CUDA libraries for TensorFlow', executable, bytes, sha256,
    file: `${name}-${version}-py3-none-manylinux2014_x86_64.whl`, unpack: same(files.map((file) => `nvidia/${place}/${file}`)),
  };
}

const CUDA: readonly Wheel[] = [
  nvidia('cublas', '12.5.3.2', 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b', 363_313_169, ['lib/libcublas.so.12', 'lib/libcublasLt.so.12']),
  nvidia('cuda_cupti', '12.5.82', 'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953', 13_811_507, ['lib/libcupti.so.12']),
  nvidia('cuda_nvcc', '12.5.82', 'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0', 22_468_537, ['bin/ptxas', 'nvvm/libdevice/libdevice.10.bc'], true),
  nvidia('cuda_nvrtc', '12.5.82', '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd', 24_873_108, ['lib/libnvrtc.so.12', 'lib/libnvrtc-builtins.so.12.5']),
  nvidia('cuda_runtime', '12.5.82', '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115', 895_707, ['lib/libcudart.so.12']),
  nvidia('cudnn', '9.3.0.75', '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d', 577_163_502,
    ['', '_adv', '_cnn', '_engines_precompiled', '_engines_runtime_compiled', '_graph', '_heuristic', '_ops'].map((part) => `lib/libcudnn${part}.so.9`)),
  nvidia('cufft', '11.2.3.61', '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8', 192_524_114, ['lib/libcufft.so.11']),
  nvidia('curand', '10.3.6.82', '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536', 56_309_107, ['lib/libcurand.so.10']),
  nvidia('cusolver', '11.6.3.83', '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b', 130_341_232, ['lib/libcusolver.so.11']),
  nvidia('cusparse', '12.5.1.3', '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752', 217_558_979, ['lib/libcusparse.so.12']),
  nvidia('nccl', '2.21.5', '8579076d30a8c24988834445f8d633c697d42397e92ffc3f63fa26766d25e0a0', 188_654_414, ['lib/libnccl.so.2']),
  nvidia('nvjitlink', '12.5.82', 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212', 21_298_879, ['lib/libnvJitLink.so.12']),
];

/** The cp311 file whatever Python is there: nothing of it runs under Python. The library is the first. */
export const TENSORFLOW_WHEELS: Readonly<Record<TensorflowVariant, readonly Wheel[]>> = {
  cpu: [{
    package: 'tensorflow-cpu', version: TENSORFLOW_VERSION, purpose: 'TensorFlow, the fast backend', executable: false, bytes: 230_236_181,
    file: `tensorflow_cpu-${TENSORFLOW_VERSION}-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`,
    sha256: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298', unpack: same([...TENSORFLOW_LIBRARIES, ...HEADERS]),
  }],
  gpu: [{
    package: 'tensorflow', version: TENSORFLOW_VERSION, purpose: 'TensorFlow built for CUDA', executable: false, bytes: 615_510_377,
    file: `tensorflow-${TENSORFLOW_VERSION}-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`,
    sha256: 'c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828', unpack: same([...TENSORFLOW_LIBRARIES, ...HEADERS]),
  }, ...CUDA],
};

/** Size of what is unpacked from the variant's wheels. */
export const TENSORFLOW_UNPACKED_BYTES: Readonly<Record<TensorflowVariant, number>> = { cpu: 683e6, gpu: 3.55e9 };
