export interface ProcessShare {
  /** Threads of the native backend: processes beside each other share the cores, and the bytes of a result depend on the number. */
  readonly threads: number;
  /** GPU by index; null for none. */
  readonly device: number | null;
}

/** The environment of a process that computes stages: what a native library reads from it is settled before the process starts. */
export function processEnvironment({ threads, device }: ProcessShare, base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...base,
    TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: String(threads), OMP_NUM_THREADS: String(threads),
    // By the bus, as nvidia-smi counts; the default order is by speed.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: device === null ? '-1' : String(device),
  };
}
