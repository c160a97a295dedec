import type { TrainingSummary } from '../../models/networks/types.ts';
import { colour, SERIES } from '../palette.ts';
import { shortNumber } from '../number-text.ts';
import type { ChartMaker } from './chart.ts';
import { plot } from './plot.ts';

/** A unit whose posterior mean varies less than this carries nothing (Burda, Grosse and Salakhutdinov, "Importance weighted autoencoders"). */
const ACTIVE_VARIANCE = 0.01;

/** KL of each latent unit, largest first, for every seed: units have no order of their own, so seeds are compared by rank. */
export const latentUnits: ChartMaker = ({ documents: { training } }) => {
  if (training === null || training.length === 0 || training[0]!.klPerUnit.length === 0) return [];
  const seeds = training.map((each) => String(each.seed));
  const values = training.flatMap((each) => ranked(each).map((unit, rank) => ({ seed: String(each.seed), place: String(rank + 1), unit: `z${unit.unit}`, kl: unit.kl, text: shortNumber(unit.kl), state: unit.active ? 'active' : 'inactive' })));
  const units = training[0]!.klPerUnit.map((_, i) => String(i + 1)), active = training.map((each) => each.muVariance.filter((variance) => variance > ACTIVE_VARIANCE).length);
  return [{
    name: 'latent-units', section: 'training', attribute: null, reference: false, title: title(active, units.length),
    subtitle: 'KL divergence of each latent unit from the prior, most informative first; a unit near 0 says nothing about a row.',
    description: `Bars: KL divergence of ${units.length} latent units for ${training.length} seeds.`,
    spec: plot({ left: 62, height: 180, top: 36, bottom: 44 }, { data: { values }, mark: { type: 'bar' }, encoding: {
      x: { field: 'place', type: 'nominal', sort: null, scale: { domain: units, paddingInner: 0.3 }, axis: { title: 'Unit, by rank', labelAngle: 0, ticks: false, domainColor: colour('axis') } }, xOffset: { field: 'seed', type: 'nominal', scale: { domain: seeds } },
      y: { field: 'kl', type: 'quantitative', axis: { title: 'nats' } },
      color: { field: 'seed', type: 'nominal', scale: { domain: seeds, range: SERIES.slice(0, seeds.length) }, legend: { orient: 'top', title: 'Seed', titleOrient: 'left', offset: 6 } },
      tooltip: [{ field: 'seed', title: 'Seed' }, { field: 'unit', title: 'Unit' }, { field: 'text', title: 'KL in nats' }, { field: 'state', title: 'State' }] } }),
    table: { columns: ['Seed', 'Unit', 'KL in nats', 'Variance of μ', 'State'], rows: training.flatMap((each) => ranked(each).map((unit) => [each.seed, `z${unit.unit}`, shortNumber(unit.kl), shortNumber(unit.variance), unit.active ? 'active' : 'inactive'])) },
  }];
};

function ranked({ klPerUnit, muVariance }: TrainingSummary): readonly { readonly unit: number; readonly kl: number; readonly variance: number; readonly active: boolean }[] {
  return klPerUnit.map((kl, unit) => ({ unit, kl, variance: muVariance[unit]!, active: muVariance[unit]! > ACTIVE_VARIANCE })).sort((a, b) => b.kl - a.kl || a.unit - b.unit);
}

function title(active: readonly number[], units: number): string {
  const low = Math.min(...active), high = Math.max(...active);
  return low === high ? `${low} of ${units} latent units are active` : `${low} to ${high} of ${units} latent units are active, depending on the seed`;
}
