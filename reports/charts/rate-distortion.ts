import type { BetaNetworks } from '../../models/networks/rate-distortion.ts';
import { shortNumber } from '../number-text.ts';
import { colour, SERIES } from '../palette.ts';
import type { ChartMaker, ChartSpec } from './chart.ts';
import { plot } from './plot.ts';

/** One a β, told apart on paper without colours too. */
const SHAPES = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'triangle-down', 'triangle-left', 'triangle-right'];
const LEGEND_COLUMNS = 4;

/** What the code says about a row against what it leaves unsaid: a dot a network, β by β. */
export const rateDistortionChart: ChartMaker = ({ documents: { betas } }) => {
  if (betas === null) return [];
  const ordered = [...betas].sort((a, b) => a.beta - b.beta), all = ordered.flatMap(({ beta, networks }) => networks.map((network) => ({ beta, ...network }))), named = ordered.map(({ beta }) => shortNumber(beta)).join(', ');
  return [{
    name: 'beta-rate-distortion', section: 'beta', attribute: null, reference: false, title: title(ordered),
    subtitle: 'Reconstruction (distortion) against KL divergence (rate) on validation rows; one dot a seed, the line joins the means of each β. Down and to the left costs less.',
    description: `Dots: reconstruction against KL divergence in nats per row of ${all.length} networks, with β of ${named}.`,
    spec: spec(ordered, betas[0]!.beta),
    table: { columns: ['β', 'Seed', 'Reconstruction', 'KL', 'ELBO', 'Active units', 'Epochs', 'Loss at its β'],
      rows: all.map((each) => [shortNumber(each.beta), String(each.seed), shortNumber(each.reconstruction, 5), shortNumber(each.kl, 4), shortNumber(each.elbo, 5), each.activeUnits, each.epochs, shortNumber(each.loss, 5)]) },
  }];
};

const isCollapsed = ({ activeUnits }: BetaNetworks): boolean => activeUnits.highest === 0;

function title(ordered: readonly BetaNetworks[]): string {
  const silent = ordered.filter(isCollapsed), speaking = ordered.filter((each) => !isCollapsed(each)), rates = speaking.map(({ kl }) => kl.mean);
  if (rates.length === 0) return 'The latent code says nothing about a row, whichever β';
  const rate = rates.length === 1 ? shortNumber(rates[0]) : `${shortNumber(Math.min(...rates))} to ${shortNumber(Math.max(...rates))}`;
  if (silent.length > 0) return `At β = ${silent.map(({ beta }) => shortNumber(beta)).join(', ')} the latent code says nothing about a row, elsewhere ${rate} nats`;
  return `The latent code says ${rate} nats about a row, depending on β`;
}

function spec(ordered: readonly BetaNetworks[], own: number): ChartSpec {
  const nameOf = (beta: number): string => `${shortNumber(beta)}${beta === own ? ' (the audit’s)' : ''}`;
  const values = ordered.flatMap(({ beta, networks }) => networks.map(({ seed, kl, reconstruction, elbo, activeUnits }) => ({
    name: nameOf(beta), seed: String(seed), kl, reconstruction, active: String(activeUnits), klText: shortNumber(kl, 4), reconstructionText: shortNumber(reconstruction, 5), elboText: shortNumber(elbo, 5) })));
  const means = ordered.map(({ beta, kl, reconstruction }) => ({ beta, kl: kl.mean, reconstruction: reconstruction.mean }));
  const domain = ordered.map(({ beta }) => nameOf(beta)), rows = Math.ceil(domain.length / LEGEND_COLUMNS), left = 62;
  const legend = { orient: 'none', columns: LEGEND_COLUMNS, legendX: 10 - left, legendY: -(18 * rows + 32), title: 'β', symbolSize: 80, columnPadding: 14, rowPadding: 4, symbolOpacity: 1 };
  const x = { field: 'kl', type: 'quantitative', scale: { zero: true, nice: true }, axis: { title: 'KL divergence, nats per row', format: '~g' } };
  const y = { field: 'reconstruction', type: 'quantitative', scale: { zero: false, nice: true }, axis: { title: 'Reconstruction, nats per row', format: '~g' } };
  return plot({ left, height: 220, top: 18 * rows + 40, bottom: 44 }, { layer: [
    { data: { values: means }, mark: { type: 'line', color: colour('axis'), strokeWidth: 1.5, tooltip: null }, encoding: { x, y, order: { field: 'beta', type: 'quantitative' } } },
    { data: { values }, mark: { type: 'point', filled: true, size: 80, opacity: 1 }, encoding: { x, y,
      color: { field: 'name', type: 'nominal', scale: { domain, range: domain.map((_, i) => SERIES[i % SERIES.length]) }, legend },
      shape: { field: 'name', type: 'nominal', scale: { domain, range: SHAPES.slice(0, domain.length) }, legend },
      tooltip: [{ field: 'name', title: 'β' }, { field: 'seed', title: 'Seed' }, { field: 'reconstructionText', title: 'Reconstruction' }, { field: 'klText', title: 'KL' }, { field: 'elboText', title: 'ELBO' }, { field: 'active', title: 'Active units' }] } },
  ] });
}
