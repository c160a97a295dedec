import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';

interface Compilation { readonly modules: Iterable<{ readonly resource?: string; readonly request?: string; identifier(): string }> }

/** What webpack really put into the bundle, module by module. */
async function bundledModules(): Promise<readonly string[]> {
  const found: string[] = [];
  const collector = {
    apply: (compiler: { hooks: { compilation: { tap(name: string, run: (compilation: { hooks: { finishModules: { tap(name: string, run: (modules: Compilation['modules']) => void): void } } }) => void): void } } }) =>
      compiler.hooks.compilation.tap('collect', (compilation) => compilation.hooks.finishModules.tap('collect', (modules) => {
        // Before the last `!` stand the loaders that a module went through.
        for (const module of modules) found.push(module.identifier().split('!').at(-1)!);
      })),
  };
  await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)), logger: new DefaultLogger('ERROR'),
    webpackConfigHook: (config) => ({ ...config, plugins: [...(config.plugins ?? []), collector as never] }),
  });
  return found;
}

describe('the workflow bundle', () => {
  it('holds workflows and Temporal alone: no tensors, store, Node modules or rooms with I/O', async () => {
    const modules = await bundledModules();
    const ours = modules.filter((name) => name.includes('/workflows/') && !name.includes('node_modules'));
    expect(ours.length).toBeGreaterThan(4);
    for (const forbidden of [/@tensorflow|tfjs/, /minio/, /apache-arrow/, /\/(models|reports|infra|test)\//, /\/activities\//, /@temporalio\/(worker|client|activity)\//]) {
      expect(modules.filter((name) => forbidden.test(name)), String(forbidden)).toEqual([]);
    }
    expect(modules.filter((name) => /^(external |ignored\|)?"?node:/.test(name))).toEqual([]);
  });
});
