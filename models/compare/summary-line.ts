import type { ComparedAudit, Comparison, Effect } from './types.ts';

/** Of the most telling kind first. */
const ORDER = ['schema', 'group', 'disparity', 'data', 'column', 'latent', 'outliers', 'weights', 'training'] as const;

/** How many effects changed, and the first of them, in one line. */
export function summaryLine(effects: readonly Effect[], { before, after }: { readonly before: ComparedAudit; readonly after: ComparedAudit }): Pick<Comparison, 'changes' | 'undecided' | 'summary'> {
  const changed = effects.filter(({ verdict }) => verdict === 'changed').sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)), undecided = effects.filter(({ verdict }) => verdict === 'undecided').length;
  const open = undecided === 0 ? '' : `; ${undecided} of ${effects.length} comparisons undecided`;
  const audits = `${before.name} (${before.rows} rows) → ${after.name} (${after.rows} rows)`;
  const [first] = changed;
  const found = first === undefined ? `no change beyond what counts in ${effects.length} comparisons` : `${changed.length} ${changed.length === 1 ? 'change' : 'changes'}: ${first.sentence}${changed.length > 1 ? `, and ${changed.length - 1} more` : ''}`;
  return { changes: changed.length, undecided, summary: `${audits}: ${found}${open}` };
}
