import { readFile, rm } from 'node:fs/promises';
import { markPositive } from '../../models/encode/mark-positive.ts';
import { auditFairness } from '../../models/fairness/audit-fairness.ts';
import { combinations } from '../../models/fairness/audit-rows.ts';
import { applyRule, type GroupingRule } from '../../models/fairness/groups.ts';
import { mergeTallies } from '../../models/fairness/merge-tallies.ts';
import { DRAWS } from '../../models/fairness/max-t-distribution.ts';
import { countRows, type Tally } from '../../models/fairness/tally.ts';
import type { Column, Table } from '../../models/table.ts';
import { readTablePart } from '../readers/table-part.ts';
import { writeFairnessParts } from './fairness-parts.ts';

export interface FairnessBench {
  readonly case: string;
  readonly rows: number;
  readonly attributes: number;
  readonly draws: number;
  readonly countSeconds: number;
  readonly auditSeconds: number;
  readonly seconds: number;
  /** Processor time: what the seconds would be on a machine with nothing else to do. */
  readonly cpuSeconds: number;
  readonly rowDrawsPerSecond: number;
  readonly peakMegabytes: number;
  readonly groups: number;
  readonly intervals: number;
}

const CATEGORY: GroupingRule = { kind: 'category' };
const ATTRIBUTES: readonly (readonly [string, GroupingRule])[] = [['sex', CATEGORY], ['race', CATEGORY], ['age', { kind: 'bins', edges: [18, 30, 45, 60, 80] }]];

function columnOf(table: Table, name: string): Column {
  return table.columns.find((column) => column.name === name)!;
}

async function countFile(file: string): Promise<Tally> {
  const { table } = readTablePart(await readFile(file));
  return countRows({ rows: table.rows, groupings: ATTRIBUTES.map(([name, rule]) => applyRule(columnOf(table, name), rule)), weights: null, clusters: null,
    labels: markPositive(columnOf(table, 'label'), 'yes'), decisions: markPositive(columnOf(table, 'decision'), 'yes') }).tally;
}

/**
 * Counts generated Arrow parts and audits the counts: three protected attributes, all intersections up to three, 10,000 draws for every
 * rate. Writing the parts is not timed; reading them is.
 */
export async function benchFairness(rows: number, say: (line: string) => void): Promise<FairnessBench> {
  const { folder, files } = await writeFairnessParts(rows, say);
  try {
    const begun = performance.now(), cpu = process.cpuUsage(), tallies: Tally[] = [];
    for (const file of files) tallies.push(await countFile(file));
    const { tally } = mergeTallies(tallies), counted = performance.now();
    const groupings = [1, 2, 3].flatMap((size) => combinations(ATTRIBUTES.length, size)).map((attributes) => ({ attributes, reference: null }));
    const result = auditFairness({ tally, groupings, strata: [], hasLabel: true, decisions: { source: 'prediction', description: 'generated' }, scored: null, features: null, rows,
      population: 'generated', headline: ['demographic_parity_difference', 'equalized_odds_difference'], settings: { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, minimum: 30, seed: 0 }, notes: [] });
    const ended = performance.now(), seconds = (ended - begun) / 1000, used = process.cpuUsage(cpu);
    return { case: 'fairness', rows, attributes: ATTRIBUTES.length, draws: DRAWS, countSeconds: (counted - begun) / 1000, auditSeconds: (ended - counted) / 1000, seconds, cpuSeconds: (used.user + used.system) / 1e6,
      rowDrawsPerSecond: (rows * DRAWS) / seconds, peakMegabytes: process.resourceUsage().maxRSS / 1024, groups: new Set(result.groups.map(({ attribute, group }) => `${attribute}=${group}`)).size,
      intervals: result.disparities.filter(({ interval }) => interval !== null).length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
