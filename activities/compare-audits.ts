import type { Store } from '../infra/store/store.ts';
import { topOverlap, trainingEffects, weightsEffects } from '../models/compare/document-effects.ts';
import { matchRows, type RowMatch } from '../models/compare/match-rows.ts';
import { summaryLine } from '../models/compare/summary-line.ts';
import type { Comparison, Effect } from '../models/compare/types.ts';
import type { AuditRecord } from './activities.ts';
import { columnEffects, newValueEffects, sampleRows, schemaEffects, wholeEffects } from './compare-data.ts';
import { disparityEffects, groupEffects, outlierEffects } from './compare-fairness.ts';
import { latentEffects } from './compare-latents.ts';
import { loadSide, type ComparedSide } from './compare-side.ts';

export const COMPARE_LEVEL = 0.95;
const MOST_OUTLIERS = 20;

/** What changed between two audits of the store, each effect with its interval and judged three-way. @throws DataError `no-result`. */
export async function compareAudits(store: Store, first: AuditRecord, second: AuditRecord): Promise<Comparison> {
  return compareSides(store, await loadSide(store, first), await loadSide(store, second));
}

export async function compareSides(store: Store, before: ComparedSide, after: ComparedSide): Promise<Comparison> {
  const level = COMPARE_LEVEL, schema = schemaEffects(before, after), notes: string[] = [];
  const comparable = before.by === after.by;
  if (!comparable) notes.push('One audit has an id column and the other has none: no row is known to be the same.');
  const match = comparable ? matchRows(before.keys, after.keys) : matchRows([], []);
  const sampled = sampleRows(before, after), latent = await latentEffects(store, before, after, sampled, level);
  if (typeof latent === 'string') notes.push(`${latent[0]!.toUpperCase()}${latent.slice(1)}.`);
  const effects: readonly Effect[] = [
    ...schema, ...groupEffects(before, after, level), ...disparityEffects(before, after, match, level),
    ...wholeEffects(before, after, sampled, level), ...newValueEffects(before, after, level), ...columnEffects(before, after, match, level), ...(typeof latent === 'string' ? [] : latent),
    ...outlierEffects(before, after, match, level), ...weightsEffects(before.documents.debias, after.documents.debias),
    ...trainingEffects(before.documents.training, after.documents.training, level),
  ];
  const there = new Set(after.keys), overlap = topOverlap(before.documents.outliers, after.documents.outliers, (id) => before.by === 'id' && there.has(id));
  if (overlap !== null) notes.push(overlap);
  const described = { before: describe(before), after: describe(after) };
  return { ...described, level, rows: comparable ? rowsOf(before, after, match) : null, effects, newOutliers: newOutliers(before, after, match), ...summaryLine(effects, described), notes };
}

const describe = ({ id, name, seed, keys }: ComparedSide): Comparison['before'] => ({ id, name, seed, rows: keys.length });

function rowsOf(before: ComparedSide, after: ComparedSide, { first, second, added, removed }: RowMatch): Comparison['rows'] {
  let altered = 0;
  for (let k = 0; k < first.length; k++) if (before.content[first[k]!] !== after.content[second[k]!]) altered++;
  return { by: before.by, shared: first.length, altered, added: added.length, removed: removed.length };
}

/** Of the second audit's strangest rows those that are new, or flagged now and not before. */
function newOutliers(before: ComparedSide, after: ComparedSide, { first, second }: RowMatch): Comparison['newOutliers'] {
  const top = after.documents.outliers?.top ?? [], position = new Map(Array.from(after.dataset.rowNumbers, (row, i) => [row, i])), earlier = new Map(Array.from(second, (at, k) => [at, first[k]!]));
  return top.flatMap(({ id, row, rank, score, flagged, reasons }) => {
    const was = earlier.get(position.get(row) ?? -1), added = was === undefined;
    return added || (flagged && before.outliers?.flagged[was] === 0) ? [{ id, rank, score, flagged, added, reasons: reasons.slice(0, 3).map(({ text }) => text) }] : [];
  }).slice(0, MOST_OUTLIERS);
}
