import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

export const DEPLOY = fileURLToPath(new URL('../../../infra/deploy/', import.meta.url));

/** The documents of one YAML file. @throws Error when it is none */
export function documentsOf(name: string): readonly unknown[] {
  return parseAllDocuments(readFileSync(join(DEPLOY, name), 'utf8'), { merge: true, strict: true, uniqueKeys: true }).map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS() as unknown;
  });
}

export interface Manifest {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly content: unknown;
}

export function yamlFiles(): readonly string[] {
  return readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml')).sort();
}

/** Every Kubernetes object, kustomizations among them. */
export function manifests(): readonly Manifest[] {
  return yamlFiles().filter((name) => name.startsWith('kubernetes/')).flatMap((file) => documentsOf(file)
    .map((content): Manifest => {
      const { kind, metadata } = content as { readonly kind: string; readonly metadata?: { readonly name: string } };
      return { file, kind, name: metadata?.name ?? dirname(file), content };
    }));
}

export interface Instruction {
  readonly stage: string;
  readonly name: string;
  readonly text: string;
}

/** The Dockerfile's instructions with the stage each belongs to; comments left out, continued lines joined. */
export function instructions(): readonly Instruction[] {
  const lines = readFileSync(join(DEPLOY, 'Dockerfile'), 'utf8').replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, '').split('\n').filter((line) => line.trim() !== '');
  let stage = '';
  return lines.map((line) => {
    const [name = '', ...rest] = line.split(/\s+/), text = rest.join(' ');
    if (name === 'FROM') stage = /\bAS (\S+)$/.exec(text)?.[1] ?? '';
    return { stage, name, text };
  });
}
