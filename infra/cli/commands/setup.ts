import type { Command } from 'commander';
import { buildTensorflow } from '../../setup/build-tensorflow.ts';
import { fetchWebgpu } from '../../setup/fetch-webgpu.ts';
import { SetupError } from '../../setup/setup-error.ts';
import { findTensorflow } from '../../setup/tensorflow-build.ts';
import type { TensorflowVariant } from '../../setup/tensorflow-wheels.ts';
import { tryWebgpu } from '../../setup/webgpu-needs.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface SetupOptions {
  readonly gpu?: boolean;
  readonly again?: boolean;
}

/** A line drawn in place for a person, a line a quarter in a log, events for a program. */
function progressOf(output: Output): (fraction: number) => void {
  let quarter = 0;
  return (fraction) => {
    const percent = Math.floor(fraction * 100);
    output.event({ event: 'progress', fraction });
    output.draw(`${'█'.repeat(Math.floor(percent / 4)).padEnd(25, '░')} ${percent} %`);
    if (output.interactive || percent === 100 || Math.floor(percent / 25) <= quarter) return;
    quarter = Math.floor(percent / 25);
    output.say(`${percent} %`);
  };
}

async function tensorflow({ gpu = false, again = false }: SetupOptions, output: Output): Promise<number> {
  const variant: TensorflowVariant = gpu ? 'gpu' : 'cpu', started = performance.now();
  try {
    const { build, built } = await buildTensorflow({ variant, again, say: (line) => output.say(line), onProgress: progressOf(output) });
    const seconds = Math.round(performance.now() - started) / 1000, state = built ? 'built' : 'ready';
    output.result({ backend: 'tensorflow', variant, state, binding: build.binding, seconds },
      `tensorflow (${variant}) is ${built ? 'built' : state}${findTensorflow()?.variant === variant ? ': it is what backend: auto means here' : '; this machine shows no GPU, so backend: auto takes the CPU build'}`);
    return EXIT.done;
  } catch (error) {
    if (error instanceof SetupError && error.code === 'missing') output.event({ event: 'missing', backend: 'tensorflow', variant, missing: error.details });
    throw error;
  }
}

async function webgpu({ again = false }: SetupOptions, output: Output): Promise<number> {
  const { library, fetched } = await fetchWebgpu({ again, say: (line) => output.say(line) }), trial = tryWebgpu();
  if ('missing' in trial) {
    output.event({ event: 'missing', backend: 'webgpu', missing: trial.missing });
    throw new SetupError('missing', `WebGPU's library lies in ${library}, and the webgpu backend does not start:\n${trial.missing.map((need) => `  - ${need}`).join('\n')}`, { details: trial.missing });
  }
  const state = fetched ? 'fetched' : 'ready';
  output.result({ backend: 'webgpu', state, library, adapter: trial.adapter }, `webgpu is ${state} and computes on ${trial.adapter}: set backend to webgpu`);
  return EXIT.done;
}

export function addSetup(program: Command, act: Act): void {
  const setup = program.command('setup').description('builds or fetches what is not part of the package');
  setup.command('tensorflow').description('the native backend: fetches TensorFlow (230 MB; 2.4 GB with --gpu) and compiles its binding into the cache')
    .option('--gpu', 'the CUDA build with its libraries; without a device it computes on the CPU')
    .option('--again', 'fetch and build anew, for a build that does not start')
    .addHelpText('after', '\nNeeds linux x64, g++, pip or PIP_INDEX_URL, and 1 GB of disk (4.2 GB with --gpu).\n\nExample:\n  penumbra setup tensorflow')
    .action((options: SetupOptions) => act((output) => tensorflow(options, output)));
  setup.command('webgpu').description('a backend for machines with a GPU but no CUDA: fetches WebGPU for Node (51 MB) into the cache and tries it')
    .option('--again', 'fetch anew, for a library that does not start')
    .addHelpText('after', '\nNeeds linux or macOS on x64 or arm64, npm, tar, and on linux a Vulkan driver with its loader (libvulkan1).\n\nExample:\n  penumbra setup webgpu')
    .action((options: SetupOptions) => act((output) => webgpu(options, output)));
}
