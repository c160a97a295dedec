import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DRIVER = '/proc/driver/nvidia/gpus';

export interface GpuDevice {
  readonly index: number;
  readonly model: string;
}

/** GPUs that NVIDIA's driver names, in the order of their bus addresses, which is the order that `CUDA_DEVICE_ORDER=PCI_BUS_ID` gives. */
export function gpuDevices(driver: string = DRIVER): readonly GpuDevice[] {
  try {
    return readdirSync(driver).sort().map((address, index) => {
      const model = /^Model:\s*(.+)$/m.exec(readFileSync(join(driver, address, 'information'), 'utf8'))?.[1]?.trim();
      return { index, model: model ?? 'NVIDIA GPU' };
    });
  } catch {
    return [];
  }
}
