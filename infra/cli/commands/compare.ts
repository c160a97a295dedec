import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { findAudit } from '../../compare/find-audit.ts';
import { writeFiles } from '../../compare/write-files.ts';
import { openStore } from '../../store/open-store.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { oneLine, type Output } from '../output.ts';
import { placeOfOptions, withPlace, type PlaceOptions } from '../place-options.ts';
import { checkWritable } from '../writable-folder.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface CompareOptions extends PlaceOptions {
  readonly out?: string;
}

const folderOf = (target: string): string | null => (existsSync(join(target, 'provenance.json')) || target.includes('/') ? resolve(target) : null);

async function compare(first: string, second: string, options: CompareOptions, output: Output): Promise<number> {
  const store = await openStore((await placeOfOptions(options)).store);
  const before = await findAudit(store, first, folderOf(first)), after = await findAudit(store, second, folderOf(second));
  if (before.id === after.id) throw new UsageError(`both are audit ${before.id}: name two audits`);
  const out = resolve(options.out ?? join('penumbra-out', `compare-${before.id}-${after.id}`));
  await checkWritable(out, '--out');
  output.say(`comparing ${before.id} with ${after.id}`);
  // The tensor library takes half a second to load, and only latent drift needs it.
  const [{ compareAudits }, { comparisonFiles }] = await Promise.all([import('../../../activities/compare-audits.ts'), import('../../compare/comparison-files.ts')]);
  const comparison = await compareAudits(store, before, after);
  await writeFiles(out, await comparisonFiles(comparison, { reproduce: [`npm run -s penumbra -- compare ${before.id} ${after.id}`] }));
  const page = join(out, 'compare.html');
  output.result({ ...comparison, out, page }, `${oneLine(comparison.summary)}\n  page: ${page}`);
  return comparison.changes > 0 ? EXIT.findings : EXIT.done;
}

export function addCompare(program: Command, act: Act): void {
  withPlace(program.command('compare').description('what changed between two audits, with intervals').argument('<before>', 'audit id, or folder of its files').argument('<after>', 'the later one'))
    .option('--out <dir>', 'folder for compare.html, compare.json and the charts (default: penumbra-out/compare-BEFORE-AFTER)')
    .addHelpText('after', '\nExamples:\n  penumbra compare penumbra-out/monday penumbra-out/tuesday\n  penumbra compare 20261122-185044-adult-3f2a 20261123-185044-adult-91bc --json | jq .summary\n\nExit codes: 0 no change beyond what counts · 1 changes · 2 wrong use')
    .action((before: string, after: string, options: CompareOptions) => act((output) => compare(before, after, options, output)));
}
