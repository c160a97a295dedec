import type { ObservedDifference, PerturbationSummary } from '../../models/latent/perturb-types.ts';
import { count, percent, probability, shortNumber } from '../number-text.ts';
import type { ChartMaker } from './chart.ts';
import { dotInterval, type DotKind } from './dot-interval.ts';
import { usedKinds } from './verdict-kinds.ts';

const KINDS: readonly DotKind[] = [
  { label: 'matters', colour: 'orange', shape: 'diamond' },
  { label: 'undecided', colour: 'grey', shape: 'square' },
  { label: 'negligible', colour: 'green', shape: 'circle' },
];

/** What moving each hidden factor does to the score. */
export const latentEffects: ChartMaker = ({ documents: { perturbation } }) => {
  if (perturbation === null || perturbation.latents.length === 0) return [];
  const latents = [...perturbation.latents].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  const made = usedKinds(latents.map((each) => ({ name: `z${each.latent}: ${each.name}`, value: each.effect, interval: each.interval, kind: KINDS.findIndex((kind) => kind.label === each.verdict),
    band: [-perturbation.tolerance, perturbation.tolerance] as const, detail: `${percent(each.flipRate)}; between real rows ${observedText(each.observed) ?? 'not seen'}` })), KINDS);
  return [{
    name: 'latent-effects', section: 'perturbation', attribute: null, reference: fromReference(perturbation), title: title(perturbation),
    subtitle: 'Mean change of the score when a factor moves from low to high, all else as decoded. Shaded: within the tolerance, on decoded rows. The table has what real rows show.',
    description: `Dots with intervals: effect of ${latents.length} latent factors on the score.`,
    spec: dotInterval({ ...made, axisTitle: 'Change of score', format: '.2~f', text: (value) => shortNumber(value), nameTitle: 'Factor', detailTitle: 'Decisions flipped', intervalTitle: 'Interval', gutter: 210 }),
    table: { columns: ['Factor', 'Moves', 'Effect on decoded rows', 'Interval', 'Between real rows', 'Interval', 'Real rows, low and high', 'Curvature', 'Decisions flipped', 'q', 'Verdict on decoded rows'],
      rows: latents.map((each) => [`z${each.latent}`, each.name, shortNumber(each.effect), between(each.interval), shortNumber(each.observed?.difference), each.observed ? between(each.observed.interval) : null, each.observed ? `${count(each.observed.lowRows)} and ${count(each.observed.highRows)}` : null, shortNumber(each.curvature), percent(each.flipRate), probability(each.qValue), each.verdict]) },
  }];
};

function title({ latents }: PerturbationSummary): string {
  const matter = latents.filter((each) => each.verdict === 'matters').length;
  return matter === 0 ? 'No hidden factor is shown to move the score of decoded rows' : `${matter} of ${latents.length} hidden factors move${matter === 1 ? 's' : ''} the score of decoded rows`;
}

function between([low, high]: readonly [number, number]): string {
  return `${shortNumber(low)} to ${shortNumber(high)}`;
}

function observedText(observed: ObservedDifference | null | undefined): string | null {
  return observed === null || observed === undefined ? null : `${shortNumber(observed.difference)} (${between(observed.interval)})`;
}

export function fromReference({ model }: PerturbationSummary): boolean {
  return model?.startsWith('reference') === true;
}
