import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

let made: string | null = null;

/**
 * Vega's minified build and its expression interpreter as one classic script that leaves `vega` and `vegaInterpreter` behind.
 * Charts are compiled from Vega-Lite before, so that its compiler need not travel with the page.
 */
export function vegaScript(): string {
  made ??= `${readFileSync(vegaPath(), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '')}\n${interpreterScript()}`;
  return made;
}

function vegaPath(): string {
  return fileURLToPath(new URL('vega.min.js', import.meta.resolve('vega')));
}

/** The interpreter is published as a module only: its imports are taken from `vega`, its export becomes a global. */
function interpreterScript(): string {
  const text = readFileSync(createRequire(import.meta.url).resolve('vega-interpreter'), 'utf8');
  const classic = text
    .replace(/^import \{([^}]*)\} from 'vega-util';/m, 'const {$1} = vega;')
    .replace(/^export \{ expression as expressionInterpreter \};/m, 'globalThis.vegaInterpreter = expression;')
    .replace(/\n\/\/# sourceMappingURL=.*\n?$/, '');
  if (/^(?:import|export)\b/m.test(classic)) throw new Error('vega-interpreter is built in another way than this version expects');
  return `(function () {\n${classic}\n})();`;
}
