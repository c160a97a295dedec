import { describe, expect, it } from 'vitest';
import { devicesOf, queuesOf, type GpuMachine } from '../../../infra/cli/served-queues.ts';

const machine = (count: number, cudaBuild = true): GpuMachine =>
  ({ devices: Array.from({ length: count }, (_, index) => ({ index, model: `GPU ${index}` })), cudaBuild });

describe('queuesOf', () => {
  it('reads a list and refuses what is no queue', () => {
    expect(queuesOf('workflow, gpu')).toEqual(['workflow', 'gpu']);
    expect(() => queuesOf('cpu,tpu')).toThrow('there is no queue tpu; there are: workflow, cpu, gpu');
  });
});

describe('devicesOf', () => {
  it('takes all GPUs of the machine, or those that are named, each once', () => {
    expect(devicesOf(undefined, ['gpu'], machine(3))).toEqual([0, 1, 2]);
    expect(devicesOf('2, 0,2', ['cpu', 'gpu'], machine(3))).toEqual([2, 0]);
    expect(devicesOf(undefined, ['cpu'], machine(3))).toEqual([]);
  });

  it.each([
    ['a GPU that is not there', '3', machine(2), 'there is no GPU 3; there are: 0 (GPU 0), 1 (GPU 1)'],
    ['no GPU', undefined, machine(0), 'needs an NVIDIA GPU with its driver'],
    ['no CUDA build', undefined, machine(1, false), 'setup tensorflow --gpu'],
  ])('refuses %s', (_what, text, given, message) => {
    expect(() => devicesOf(text, ['gpu'], given)).toThrow(message);
  });

  it('refuses a device where the gpu queue is not served', () => {
    expect(() => devicesOf('0', ['cpu'], machine(1))).toThrow('--device is for the gpu queue');
  });
});
