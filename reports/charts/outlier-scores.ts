import type { OutlierSummary } from '../../models/outliers/types.ts';
import { count, shortNumber } from '../number-text.ts';
import type { ChartMaker } from './chart.ts';
import { histogram } from './histogram.ts';

/** How strange the rows are, all of them. */
export const outlierScores: ChartMaker = ({ documents: { outliers } }) => {
  if (outliers === null || outliers.histogram.counts.length === 0) return [];
  const { edges, counts } = outliers.histogram;
  return [{
    name: 'outlier-scores', section: 'outliers', attribute: null, reference: false, title: title(outliers), subtitle: 'Combined score of all ranked rows; higher is stranger.',
    description: `Histogram of the outlier score of ${count(outliers.ranked)} rows.`,
    spec: histogram({ edges, counts, axisTitle: 'Outlier score', height: 180 }),
    table: { columns: ['Score from', 'to', 'Rows'], rows: counts.map((rows, i) => [shortNumber(edges[i]), shortNumber(edges[i + 1]), rows]) },
  }];
};

function title({ calibrated, flagged, ranked, fdr }: OutlierSummary): string {
  if (!calibrated) return `${count(ranked)} rows ranked by strangeness; how many are outliers cannot be told`;
  return `${count(flagged)} of ${count(ranked)} rows flagged at a false discovery rate of ${shortNumber(fdr)}`;
}
