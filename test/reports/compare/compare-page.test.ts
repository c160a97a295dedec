import { describe, expect, it } from 'vitest';
import { measuredEffect, TEXT } from '../../../models/compare/effect.ts';
import { summaryLine } from '../../../models/compare/summary-line.ts';
import { comparisonFiles } from '../../../infra/compare/comparison-files.ts';
import { gapNightsChart } from '../../../reports/compare/gap-nights-chart.ts';
import { drawChart } from '../../../reports/charts/draw-chart.ts';
import { newGapProcess } from '../../../models/nights/gap-process.ts';
import { NEW_SEQUENCE } from '../../../models/nights/confidence-sequence.ts';
import { audits, comparison, effects, HOSTILE } from './comparison-fixture.ts';

describe('effects', () => {
  it('are judged by their interval, and without one by their size, which the note says', () => {
    expect(effects.map(({ verdict }) => verdict)).toEqual(['changed', 'changed', 'same', 'undecided', 'changed', 'same']);
    expect(effects[1]!.sentence).toBe('sex: the gap changes by 8.0 points (10.0 points → 18.0 points), 5.0 to 11.0 points, beyond the limit of 1.0 points');
    expect(effects[3]!.sentence).toContain('which this data cannot tell from the limit of 0.05');
    expect(TEXT.points(-0.0001)).toBe('0.0 points');
    expect(TEXT.three(-0.2)).toBe('−0.2');
    expect(measuredEffect({ kind: 'data', subject: 's', measure: 'auroc', value: null, interval: null, limit: 0.5, what: 'w', note: 'why' })).toMatchObject({ verdict: 'undecided', sentence: 'w: not measured: why' });
  });

  it('make one line, what tells most first', () => {
    expect(comparison.summary).toBe(`monday (48842 rows) → ${HOSTILE} (50000 rows): 3 changes: the column ${HOSTILE} is gone, and 2 more; 1 of 6 comparisons undecided`);
    expect(summaryLine([effects[2]!], audits)).toMatchObject({ changes: 0, undecided: 0, summary: expect.stringContaining('no change beyond what counts in 1 comparisons') });
  });
});

describe('page of a comparison', () => {
  it('says everything without a script or the network, and text from data is no markup', async () => {
    const files = await comparisonFiles(comparison, { reproduce: ['penumbra compare a b'], watch: { lead: '2 gaps', columns: ['Gap'], rows: [[HOSTILE]] } }), page = files.get('compare.html')!;
    expect([...files.keys()]).toEqual(['compare.html', 'compare.json', 'charts/gap-changes.svg', 'charts/column-drift.svg', 'charts/latent-drift.svg']);
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('\u202e');
    expect(page).toMatch(/3 changes/);
    expect(page).toContain('48,842');
    expect(page).toContain('Watched over the nights');
    expect(page).not.toMatch(/(?:src|href)="https?:/);
    expect(JSON.parse(files.get('compare.json')!)).toEqual(JSON.parse(JSON.stringify(comparison)));
  });

  it('is the same to the byte for the same comparison', async () => {
    const twice = await Promise.all([comparisonFiles(comparison, { reproduce: [] }), comparisonFiles(comparison, { reproduce: [] })]);
    expect([...twice[0]]).toEqual([...twice[1]]);
  });

  it('draws a watched gap beside its baseline', async () => {
    const baseline = { value: 0.1, se: 0.01 }, chart = gapNightsChart('sex: f against m', { gathered: [], baseline, process: newGapProcess(baseline, 2.326, 0), sequence: NEW_SEQUENCE, alarmed: null, recent: [{ night: '2026-11-22T02:30:00.000Z', value: 0.2, se: 0.02 }] });
    expect(chart.table.rows).toEqual([['baseline', '10.0 points', '8.0 points', '12.0 points'], ['2026-11-22 02:30', '20.0 points', '16.1 points', '23.9 points']]);
    expect((await drawChart(chart)).svg).toContain('2026-11-22 02:30');
  });
});
