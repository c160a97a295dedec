import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEPLOY, instructions } from './manifests.ts';

const ROOT = join(DEPLOY, '../..');
const all = instructions(), stages = all.filter(({ name }) => name === 'FROM').map(({ stage, text }) => ({ stage, from: text.split(' ')[0]! }));
const of = (stage: string, name: string): readonly string[] => all.filter((each) => each.stage === stage && each.name === name).map(({ text }) => text);

/** A stage and those it begins from. */
function chainOf(stage: string): readonly string[] {
  const from = stages.find((each) => each.stage === stage)?.from;
  return from === undefined ? [] : [stage, ...chainOf(from)];
}

describe('Dockerfile', () => {
  it('begins every stage from a pinned image or an earlier stage', () => {
    expect(of('', 'ARG')).toEqual([expect.stringMatching(/^NODE_IMAGE=node:24\.\d+\.\d+-\w+-slim$/)]);
    for (const [i, { from }] of stages.entries()) expect(from === '${NODE_IMAGE}' || stages.slice(0, i).some(({ stage }) => stage === from), from).toBe(true);
  });

  it.each([['cpu', 'workflow,cpu'], ['cuda', 'gpu']])('%s: a worker that runs as nobody, and holds neither compiler nor sources', (target, queues) => {
    const chain = chainOf(target);
    expect(chain).toEqual([target, 'runtime']);
    expect(chain.flatMap((stage) => of(stage, 'USER'))).toEqual(['10001:10001']);
    expect(chain.flatMap((stage) => of(stage, 'RUN'))).toEqual([]);
    expect(chain.flatMap((stage) => of(stage, 'COPY')).every((text) => text.startsWith('--from='))).toBe(true);
    expect(JSON.parse(of(target, 'CMD')[0]!)).toEqual(['worker', '--queues', queues]);
  });

  it('starts what package.json names as its command', () => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: { penumbra: string } };
    expect(JSON.parse(of('runtime', 'ENTRYPOINT')[0]!)).toEqual(['node', `/opt/penumbra/${bin.penumbra}`]);
  });

  it('builds the native backend into the folder where it is looked for, nothing else is written outside /tmp', () => {
    for (const [stage, target] of [['tensorflow-cpu', 'cpu'], ['tensorflow-cuda', 'cuda']] as const) {
      expect(of(stage, 'ENV')).toEqual(['XDG_CACHE_HOME=/opt/penumbra-cache']);
      expect(of(target, 'COPY')).toEqual([`--from=${stage} /opt/penumbra-cache/penumbra/tensorflow /opt/penumbra-cache/penumbra/tensorflow`]);
    }
    expect(of('runtime', 'ENV')[0]).toMatch(/XDG_CACHE_HOME=\/opt\/penumbra-cache HOME=\/tmp TMPDIR=\/tmp$/);
  });

  it('sends what the build reads, and nothing else', () => {
    const lines = readFileSync(join(DEPLOY, 'Dockerfile.dockerignore'), 'utf8').trim().split('\n'), sent = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(lines[0]).toBe('*');
    for (const path of sent) expect(existsSync(join(ROOT, path)), path).toBe(true);
    for (const path of ['package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'tsconfig.json', 'tsconfig.build.json', 'workflows', 'activities', 'models', 'reports', 'infra']) expect(sent).toContain(path);
  });
});
