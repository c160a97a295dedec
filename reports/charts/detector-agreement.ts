import { shortNumber } from '../number-text.ts';
import type { ChartMaker } from './chart.ts';
import { dotInterval, type DotKind } from './dot-interval.ts';
import { usedKinds } from './verdict-kinds.ts';

const KINDS: readonly DotKind[] = [
  { label: 'counts', colour: 'blue', shape: 'circle' },
  { label: 'left out', colour: 'orange', shape: 'diamond' },
];

/** Whether the detectors see the same rows as strange. */
export const detectorAgreement: ChartMaker = ({ documents: { outliers } }) => {
  if (outliers === null || outliers.detectors.length < 2) return [];
  const detectors = [...outliers.detectors].sort((a, b) => b.agreement - a.agreement), used = detectors.filter((each) => each.weight > 0);
  const made = usedKinds(detectors.map((each) => ({ name: each.name, value: each.agreement, interval: null, kind: each.weight > 0 ? 0 : 1, detail: shortNumber(each.weight) })), KINDS);
  return [{
    name: 'detector-agreement', section: 'outliers', attribute: null, reference: false,
    title: used.length < detectors.length ? `${detectors.length - used.length} of ${detectors.length} detectors contradicted the others` : `All ${detectors.length} detectors count in the ranking`,
    subtitle: 'Rank correlation of each detector with the combination of the others; below 0 they contradict each other.',
    description: `Dots: rank agreement of ${detectors.length} detectors with the others.`,
    spec: dotInterval({ ...made, axisTitle: 'Spearman correlation with the others', format: '.1f', text: (value) => shortNumber(value), nameTitle: 'Detector', detailTitle: 'Weight', intervalTitle: 'Interval', kindTitle: 'In the ranking', domain: [Math.min(0, ...detectors.map((each) => each.agreement)) - 0.04, 1] }),
    table: { columns: ['Detector', 'Agreement', 'Weight', 'Note'], rows: detectors.map((each) => [each.name, shortNumber(each.agreement), shortNumber(each.weight), each.note]) },
  }];
};
