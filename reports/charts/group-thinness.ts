import { shortNumber, percent } from '../number-text.ts';
import { attributeText, groupText } from '../group-text.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { chartSlug } from './chart-slug.ts';
import { extremes } from './extremes.ts';
import { dotInterval, type DotKind } from './dot-interval.ts';
import { usedKinds } from './verdict-kinds.ts';

const KINDS: readonly DotKind[] = [
  { label: 'thinner', colour: 'orange', shape: 'diamond' },
  { label: 'cannot tell', colour: 'grey', shape: 'square' },
  { label: 'denser', colour: 'blue', shape: 'circle' },
];

/** For each attribute: how much of the thinnest twentieth of the rows a group makes up, over its share of all rows. */
export const groupThinness: ChartMaker = ({ documents: { density } }) => {
  if (density === null) return [];
  const attributes = [...new Set(density.groups.map((group) => group.attribute))];
  return attributes.map((attribute): Chart => {
    const groups = density.groups.filter((group) => group.attribute === attribute).sort((a, b) => b.thinRatio - a.thinRatio);
    const { shown, remark } = extremes(groups), made = usedKinds(shown.map((group) => ({ name: groupText(attribute, group.group), value: group.thinRatio, interval: group.interval, kind: group.interval[0] > 1 ? 0 : group.interval[1] < 1 ? 2 : 1,
      detail: `${percent(group.thinShare)} against ${percent(group.share)}` })), KINDS);
    const worst = groups[0]!, by = attributeText(attribute, 40);
    return {
      name: chartSlug('thin', attribute), section: 'latent', attribute, reference: false,
      title: worst.interval[0] > 1 ? `${groupText(attribute, worst.group, 40)} is ${shortNumber(worst.thinRatio, 2)} times as frequent where data is thin as overall` : `By ${by}, no group is shown to be over-represented where data is thin`,
      subtitle: `Share of the thinnest 5 % of rows over share of all rows; 1 is proportionate. Intervals hold chance and the spread of the density’s fits${remark}.`,
      description: `Dots with intervals: over-representation of ${groups.length} groups of ${by} among the thinnest twentieth of the rows.`,
      spec: dotInterval({ ...made, axisTitle: 'Over-representation where data is thin', format: '~g', text: (value) => shortNumber(value), nameTitle: 'Group', detailTitle: 'Share of thin rows', intervalTitle: 'Interval (chance and fit)', kindTitle: 'Data', line: { at: 1, label: '1' } }),
      table: { columns: ['Group', 'Rows', 'Share of rows', 'Share of thin rows', 'Ratio', 'Interval (chance and fit) from', 'to'],
        rows: groups.map((group) => [groupText(attribute, group.group), group.n, percent(group.share), percent(group.thinShare), shortNumber(group.thinRatio), shortNumber(group.interval[0]), shortNumber(group.interval[1])]) },
    };
  });
};
