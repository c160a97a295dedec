import type { DrawnChart } from '../charts/chart.ts';
import { dataTable } from '../data-table.ts';
import { figures } from '../figure.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { shortNumber } from '../number-text.ts';
import type { ReportInput } from '../report-input.ts';
import type { BetaNetworks, Spread } from '../../models/networks/rate-distortion.ts';
import { notes } from './section.ts';

/** How much rests on the choice of β: networks of several values side by side; nothing where there is one. */
export function betasPart({ documents: { betas } }: ReportInput, charts: readonly DrawnChart[]): Markup {
  if (betas === null) return NOTHING;
  const own = betas[0]!.beta, ordered = [...betas].sort((a, b) => a.beta - b.beta), seeds = betas[0]!.networks.length;
  return html`<h3 id="beta">What the choice of β decides</h3>
<p>β sets how dear the latent code is. This audit rests on β = ${shortNumber(own)}; networks of ${values(betas.slice(1))} were trained beside it with the same seeds, and all were judged on validation rows.</p>
${figures(charts, 'beta')}
${dataTable({ caption: `Networks by β: ${seeds === 1 ? 'one seed' : `mean over ${seeds} seeds, and the range in brackets`}; nats per row`, columns: ['β', 'Reconstruction', 'KL', 'ELBO at β = 1', 'Active units', 'Epochs'],
    rows: ordered.map(({ beta, reconstruction, kl, elbo, activeUnits, epochs }) => [`${shortNumber(beta)}${beta === own ? ' (the audit’s)' : ''}`, spreadText(reconstruction, nats), spreadText(kl, nats), spreadText(elbo, nats), spreadText(activeUnits), spreadText(epochs)]) })}
${notes([...collapseNotes(ordered, own), ...whatItTells(seeds), wayOn(betas)])}`;
}

function whatItTells(seeds: number): readonly string[] {
  return [
    `What this tells: how far code and reconstruction move with β${seeds === 1 ? '. How far the seed alone moves them, one seed cannot tell; a larger model.seeds does.'
      : ', beside how far they move with the seed. Where the dots of two β lie among each other, the seed matters as much as the choice between them.'}`,
    'The losses of two β are not comparable, since each weighs the KL divergence by its own β; the ELBO, minus the sum of reconstruction and KL divergence, is. It is what training at β = 1 maximises: it says which network describes rows best, not which β is right.',
  ];
}

function values(betas: readonly BetaNetworks[]): string {
  const texts = betas.map(({ beta }) => `β = ${shortNumber(beta)}`);
  return texts.length === 1 ? texts[0]! : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

/** Two decimals, however many nats: differences are what is looked for, and none below a hundredth matters. */
function nats(value: number): string {
  return value.toFixed(2).replace(/^-(?!0\.00$)/, '−').replace('-', '');
}

function spreadText({ mean, lowest, highest }: Spread, text: (value: number) => string = shortNumber): string {
  return text(lowest) === text(highest) ? text(mean) : `${text(mean)} (${text(lowest)} to ${text(highest)})`;
}

/** Networks that found it cheapest to say nothing. */
function collapseNotes(ordered: readonly BetaNetworks[], own: number): readonly string[] {
  return ordered.flatMap(({ beta, networks }) => {
    const silent = networks.filter(({ activeUnits }) => activeUnits === 0).length;
    if (silent === 0) return [];
    const which = networks.length === 1 ? 'the network' : silent === networks.length ? `all ${silent} networks` : `${silent} of ${networks.length} networks`;
    return [`At β = ${shortNumber(beta)} ${which} ignore${which === 'the network' ? 's' : ''} the row (posterior collapse): no unit is active, and every row has about the same place in latent space. ${beta === own
      ? 'This is the audit’s own β: what this report says of latent space and density then rests on noise; choose a smaller one.' : 'A map or a density of such a code would show noise.'}`];
  });
}

function wayOn(betas: readonly BetaNetworks[]): string {
  const [own, other] = betas;
  return `What this does not tell: whether thin regions, weights or outliers would be others. They were computed at β = ${shortNumber(own!.beta)} alone. To see, run the audit with model.beta: ${other!.beta}, whose networks are there already, and compare the two.`;
}
