import { isScalar, LineCounter, parse, parseDocument, type YAMLParseError } from 'yaml';
import { ConfigError, type Origin } from './config-error.ts';
import { KNOWN_KEYS } from './schema.ts';

/** A configuration under way: nested plain values, and where each came from by its path (`data.label`). */
export interface Layers {
  readonly values: Record<string, unknown>;
  readonly origins: Map<string, Origin>;
}

const SECTIONS = Object.keys(KNOWN_KEYS).filter((section) => section !== '');
/** Variables with the product's prefix that are no configuration keys. */
const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor']);

/** The layers of a YAML text. @throws ConfigError `syntax` with line and column. */
export function layersOfYaml(source: string, file: string): Layers {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, strict: true });
  const place = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { kind: 'file', file, line, column: col };
  };
  const refuse = (offset: number, message: string): ConfigError => new ConfigError([{ code: 'syntax', path: '', origin: place(offset), message: `this is no valid YAML: ${message}` }]);
  const [error] = document.errors;
  if (error !== undefined) throw refuse(error.pos[0], explain(error));
  const origins = new Map<string, Origin>([['', place(0)]]);
  const walk = (node: unknown, path: string): void => {
    if (node === null || typeof node !== 'object' || !('items' in node)) return;
    (node.items as unknown[]).forEach((item, i) => {
      const pair = item as { key?: { value?: unknown; range?: [number, number, number] }; value?: unknown; range?: [number, number, number] };
      const key = pair.key === undefined ? String(i) : String(isScalar(pair.key) ? pair.key.value : pair.key);
      const range = pair.key?.range ?? pair.range, here = path === '' ? key : `${path}.${key}`;
      if (range !== undefined && range !== null) origins.set(here, place(range[0]));
      walk(pair.key === undefined ? item : pair.value, here);
    });
  };
  walk(document.contents, '');
  let values: unknown;
  try {
    values = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    // The library counts what aliases would grow to, and finds those that name nothing, only here.
    throw refuse(0, `${(cause as Error).message}; write the values out in place of aliases (*name)`);
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new ConfigError([{ code: 'invalid', path: '', origin: place(0), message: `expected keys at the top, such as data: { path: people.csv }; found ${Array.isArray(values) ? 'a list' : 'a single value'}` }]);
  }
  return { values: values as Record<string, unknown>, origins };
}

function explain({ code, message }: YAMLParseError): string {
  switch (code) {
    case 'MULTIPLE_DOCS': return 'a second document begins here; expected one: remove the line of dashes';
    case 'DUPLICATE_KEY': return 'the key stands here a second time; keep one of them';
    case 'TAB_AS_INDENT': return 'a tab indents this line; expected spaces';
    default: return `${message}; check indentation, quotes and brackets there`;
  }
}

/** A value from a variable or a flag: read as YAML, so that `3`, `true` and `[sex, race]` mean what they mean in the file. */
function scalarOf(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return text;
  }
}

function setPath(layers: Layers, path: string, value: unknown, origin: Origin): void {
  const keys = path.split('.');
  if (keys.some((key) => key === '' || FORBIDDEN.has(key))) {
    throw new ConfigError([{ code: 'unknown-key', path, origin, message: `${path} is no key of the configuration; known are keys such as model.epochs, in ${SECTIONS.join(', ')}` }]);
  }
  let target = layers.values;
  for (const key of keys.slice(0, -1)) {
    const next = Object.hasOwn(target, key) ? target[key] : undefined;
    if (typeof next === 'object' && next !== null && !Array.isArray(next)) target = next as Record<string, unknown>;
    else target = target[key] = {};
  }
  target[keys.at(-1)!] = value;
  layers.origins.set(path, origin);
}

/** `PENUMBRA_STORE_KIND=s3` sets `store.kind`; `PENUMBRA_SEED=1` sets `seed`. */
export function applyEnvironment(layers: Layers, environment: NodeJS.ProcessEnv): void {
  const paths = [...KNOWN_KEYS['']!.filter((key) => !SECTIONS.includes(key)), ...SECTIONS.flatMap((section) => KNOWN_KEYS[section]!.map((key) => `${section}.${key}`))];
  // The kind of a store decides which of its other keys are known: it is set first.
  for (const path of paths.sort((a, b) => Number(b === 'store.kind') - Number(a === 'store.kind'))) {
    const variable = `PENUMBRA_${path.replaceAll('.', '_').toUpperCase()}`, text = environment[variable];
    if (text !== undefined && text !== '') setPath(layers, path, scalarOf(text), { kind: 'environment', variable });
  }
}

/** `--set path=value`. @throws ConfigError when there is no `=`. */
export function applySettings(layers: Layers, settings: readonly string[]): void {
  for (const setting of settings) {
    const at = setting.indexOf('='), origin: Origin = { kind: 'flag', flag: `--set ${setting}` };
    if (at < 1) throw new ConfigError([{ code: 'invalid', path: '', origin, message: 'expected path=value, such as --set model.epochs=5' }]);
    setPath(layers, setting.slice(0, at), scalarOf(setting.slice(at + 1)), origin);
  }
}

/** A key given by a flag of its own, such as `--seed 3`. */
export function applyFlag(layers: Layers, path: string, value: unknown, flag: string): void {
  setPath(layers, path, value, { kind: 'flag', flag });
}
