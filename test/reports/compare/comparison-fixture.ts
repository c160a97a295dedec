import { measuredEffect, plainChange, TEXT } from '../../../models/compare/effect.ts';
import { summaryLine } from '../../../models/compare/summary-line.ts';
import type { Comparison, Effect } from '../../../models/compare/types.ts';

/** Text that is markup, and turns the writing round. */
export const HOSTILE = '<script>alert(1)</script>\u202e&"';
export const effects: readonly Effect[] = [
  plainChange('schema', HOSTILE, 'column_gone', `the column ${HOSTILE} is gone`),
  measuredEffect({ kind: 'disparity', subject: 'sex', measure: 'demographic_parity_difference', before: 0.1, after: 0.18, value: 0.08, interval: [0.05, 0.11], limit: 0.01, text: TEXT.points, what: 'sex: the gap changes by' }),
  measuredEffect({ kind: 'column', subject: 'age', measure: 'ks', value: 0.02, interval: [0, 0.04], limit: 0.05, what: 'age: Kolmogorov–Smirnov distance' }),
  measuredEffect({ kind: 'column', subject: HOSTILE, measure: 'total_variation', value: 0.04, interval: [0.01, 0.07], limit: 0.05, what: 'c: total variation' }),
  measuredEffect({ kind: 'latent', subject: 'z0', measure: 'ks', value: 0.3, interval: [0.2, 0.4], limit: 0.05, what: 'latent unit 0' }),
  measuredEffect({ kind: 'training', subject: 'held-out loss', measure: 'relative_loss', before: 5.5, after: 5.6, value: 0.018, interval: null, limit: 0.05, what: 'training', note: 'one seed' }),
];
export const audits = { before: { id: 'a', name: 'monday', rows: 48_842, seed: 0 }, after: { id: 'b', name: HOSTILE, rows: 50_000, seed: 0 } };
/** A comparison with something of every verdict. */
export const comparison: Comparison = {
  ...audits, level: 0.95, rows: { by: 'id', shared: 48_000, altered: 3, added: 2_000, removed: 842 }, effects, notes: [],
  newOutliers: [{ id: HOSTILE, rank: 1, score: 3.2, flagged: true, added: true, reasons: [HOSTILE] }], ...summaryLine(effects, audits),
};
