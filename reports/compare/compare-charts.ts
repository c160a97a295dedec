import type { ChangeVerdict, Comparison, Effect } from '../../models/compare/types.ts';
import type { Chart } from '../charts/chart.ts';
import { dotInterval, type DotKind } from '../charts/dot-interval.ts';
import { sizeOfText } from './size-of-text.ts';
import { effectText, measureName } from './effect-table.ts';

/** Charts by the section of the page they stand in. */
export const COMPARE_CHARTS: Readonly<Record<string, readonly string[]>> = { fairness: ['gap-changes', 'group-shares'], data: ['column-drift'], latent: ['latent-drift'], model: ['flagged-share'] };

const KINDS: readonly (DotKind & { readonly verdict: ChangeVerdict })[] = [
  { verdict: 'changed', label: 'changed', colour: 'orange', shape: 'diamond' }, { verdict: 'undecided', label: 'undecided', colour: 'grey', shape: 'square' }, { verdict: 'same', label: 'no change', colour: 'green', shape: 'circle' },
];
const MOST = 24;
/** What changed comes first; the largest changes of what cannot be told are mostly chance. */
const ORDER: readonly ChangeVerdict[] = ['changed', 'undecided', 'same'];

interface Shown {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly axis: string;
  readonly points: boolean;
}

/** What the page and the alarms show of a comparison in pictures: the largest changes of gaps, columns and latent units. */
export function compareCharts({ effects }: Comparison): readonly Chart[] {
  const of = (holds: (effect: Effect) => boolean): readonly Effect[] => effects.filter((effect) => effect.interval !== null && effect.value !== null && holds(effect));
  const gaps = of(({ kind, measure }) => kind === 'disparity' && measure.endsWith('_difference') && measure !== 'average_odds_difference'), columns = of(({ kind, measure }) => kind === 'column' && (measure === 'ks' || measure === 'total_variation')), latent = of(({ kind, measure }) => kind === 'latent' && measure === 'ks'), groups = of(({ kind }) => kind === 'group'), flagged = of(({ kind, verdict }) => kind === 'outliers' && verdict !== 'same');
  return [
    ...chart(gaps, { name: 'gap-changes', title: 'How far each gap moved', subtitle: 'Change of the gap, with its interval; the band counts for nothing.', axis: 'Change, points', points: true }),
    ...chart(groups, { name: 'group-shares', title: 'Groups that came or went', subtitle: 'Change of their share of the rows, with its interval.', axis: 'Change, points', points: true }),
    ...chart(columns, { name: 'column-drift', title: 'How far each column drifted', subtitle: 'Total variation of categories, Kolmogorov–Smirnov distance of numbers; the band counts for nothing.', axis: 'Distance, 0 to 1', points: false }),
    ...chart(latent, { name: 'latent-drift', title: 'How far each latent unit drifted', subtitle: 'Kolmogorov–Smirnov distance of the unit’s means, both audits placed by the first one’s network.', axis: 'Distance, 0 to 1', points: false }),
    ...chart(flagged, { name: 'flagged-share', title: 'How far the share of outliers moved', subtitle: 'Change of the share of flagged rows, with its interval; the band counts for nothing.', axis: 'Change, points', points: true }),
  ];
}

function chart(all: readonly Effect[], shown: Shown): readonly Chart[] {
  if (all.length === 0) return [];
  const effects = [...all].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || Math.abs(b.value!) - Math.abs(a.value!)).slice(0, MOST), kinds = KINDS.filter(({ verdict }) => effects.some((effect) => effect.verdict === verdict));
  const nameOf = (effect: Effect): string => (shown.points ? `${effect.subject}: ${measureName(effect).replace(/, difference$/, '')}` : effect.subject);
  const rows = effects.map((effect) => ({ name: nameOf(effect), value: effect.value, interval: effect.interval, kind: kinds.findIndex(({ verdict }) => verdict === effect.verdict), detail: measureName(effect),
    ...(effect.limit === null ? {} : { band: [shown.points ? -effect.limit : 0, effect.limit] as const }) }));
  return [{
    name: shown.name, section: 'gaps', attribute: null, title: shown.title, subtitle: sizeOfText(shown.subtitle, all.length, effects.length), reference: false,
    description: effects.map((effect) => `${nameOf(effect)} ${effectText(effect, effect.value)}, ${effect.verdict}`).join('; '),
    spec: dotInterval({ rows, kinds, axisTitle: shown.axis, format: shown.points ? 'points' : '.2~f', text: (value) => effectText(effects[0]!, value), nameTitle: 'What', detailTitle: 'Measure', intervalTitle: 'Interval' }),
    table: { columns: ['What', 'Measure', 'Change', 'From', 'To', 'Verdict'], rows: effects.map((effect) => [nameOf(effect), measureName(effect), effectText(effect, effect.value), effectText(effect, effect.interval![0]), effectText(effect, effect.interval![1]), effect.verdict]) },
  }];
}
