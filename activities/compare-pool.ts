import { concatColumns } from '../models/encode/concat-columns.ts';
import { takeRows } from '../models/encode/take-rows.ts';
import type { Table } from '../models/table.ts';
import type { ComparedSide } from './compare-side.ts';
import type { Decisions } from './load-decisions.ts';

/**
 * Several audits as one side: the rows of the last, and those of the earlier ones that it does not hold, each once. What is no property of rows (the
 * network, the fairness document, the outliers' ranking) is the last one's or, where rows of several cannot be ranked together, absent.
 * @param sides of one schema, oldest first
 */
export function pooledSide(sides: readonly ComparedSide[]): ComparedSide {
  const last = sides.at(-1)!, seen = new Set(last.keys), parts = [{ side: last, rows: Uint32Array.from(last.keys.keys()) }];
  for (const side of sides.slice(0, -1).toReversed()) {
    if (side.by !== last.by) continue;
    const rows = Uint32Array.from(side.keys.keys()).filter((row) => !seen.has(side.keys[row]!));
    for (const row of rows) seen.add(side.keys[row]!);
    if (rows.length > 0) parts.push({ side, rows });
  }
  if (parts.length === 1) return last;
  const tables = parts.map(({ side, rows }) => takeRows(side.dataset.table, rows)), keys = parts.flatMap(({ side, rows }) => Array.from(rows, (row) => side.keys[row]!)), table = joined(tables);
  const dataset = { ...last.dataset, table, ids: keys, rowNumbers: Uint32Array.from(keys.keys()), split: new Uint8Array(keys.length) };
  return { ...last, dataset, keys, content: Float64Array.from(parts.flatMap(({ side, rows }) => Array.from(rows, (row) => side.content[row]!))), decisions: joinedDecisions(parts), outliers: null };
}

/** Columns of the first table that all have in the same kind. */
function joined(tables: readonly Table[]): Table {
  const columns = tables[0]!.columns.flatMap((first) => {
    const all = tables.map(({ columns: own }) => own.find(({ name, kind }) => name === first.name && kind === first.kind)).filter((column) => column !== undefined);
    return all.length === tables.length ? [concatColumns(all)] : [];
  });
  return { rows: tables.reduce((sum, { rows }) => sum + rows, 0), columns };
}

function joinedDecisions(parts: readonly { readonly side: ComparedSide; readonly rows: Uint32Array }[]): Decisions | null {
  const all = parts.map(({ side: { decisions }, rows }) => (decisions === null ? null : Array.from(rows, (row) => decisions.decision[row]!))), [first] = parts;
  if (first!.side.decisions === null || all.includes(null)) return null;
  return { ...first!.side.decisions, score: null, decision: Uint8Array.from(all.flatMap((part) => part!)) };
}
