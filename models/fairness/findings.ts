import { isEmptyParity } from './empty-parity.ts';
import { survives } from './families.ts';
import type { GroupingStudy } from './grouping-study.ts';
import { findingSentence, type SentenceFacts } from './sentences.ts';
import type { Disparity, Finding } from './types.ts';

const REFERENCE_PREAMBLE = 'The reference classifier, not an audited model: ';

/** Rows that entered a disparity: those of its groups with what it needs. */
function rowsOf({ metric }: Disparity, study: GroupingStudy): number {
  const sum = (n: Float64Array | undefined): number => (n === undefined ? 0 : n.reduce((total, value) => total + value, 0));
  const { base_rate, selection_rate, true_positive_rate, false_positive_rate } = study.rates;
  const rows = (rate: typeof base_rate): number => sum(rate?.family.design?.rows ?? rate?.family.n);
  if (metric.startsWith('base_rate')) return rows(base_rate);
  if (metric.startsWith('demographic_parity') || metric.startsWith('selection_rate')) return rows(selection_rate);
  if (metric.startsWith('equalized_odds')) return rows(true_positive_rate) + rows(false_positive_rate);
  return study.sizes.reduce((total, size) => total + size, 0);
}

export interface FindingFacts {
  readonly level: number;
  /** Whose decisions; null without any. */
  readonly source: 'prediction' | 'score' | 'reference' | null;
  readonly label: SentenceFacts['label'];
}

/** Each headline disparity in a sentence. */
export function describeFindings(headline: readonly Disparity[], studies: readonly GroupingStudy[], { level, source, label }: FindingFacts): Finding[] {
  return headline.map((row) => {
    const preamble = source === 'reference' && !row.metric.startsWith('base_rate') ? REFERENCE_PREAMBLE : '';
    const study = studies.find((each) => each.attribute === row.attribute)!;
    return { attribute: row.attribute, metric: row.metric, verdict: row.verdict ?? 'undecided', survives: survives(row, level),
      sentence: findingSentence({ row, groupCount: study.sizes.filter((size) => size > 0).length, rows: rowsOf(row, study), level, preamble, label, empty: isEmptyParity(row, study) }) };
  });
}
