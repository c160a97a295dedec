import type { EpochRecord, TrainingSummary } from '../../models/networks/types.ts';
import { SERIES } from '../palette.ts';
import { shortNumber } from '../number-text.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { plot } from './plot.ts';

interface Curve {
  readonly name: string;
  readonly label: string;
  readonly of: (record: EpochRecord) => number;
  readonly title: (training: readonly TrainingSummary[]) => string;
  readonly subtitle: string;
}

const CURVES: readonly Curve[] = [
  { name: 'training-loss', label: 'Validation loss', of: (record) => record.validationLoss, title: lossTitle, subtitle: 'Loss on rows that took no part in the fitting, by epoch; one line a seed.' },
  { name: 'training-reconstruction', label: 'Reconstruction', of: (record) => record.reconstruction, title: () => 'How well rows are told back from their latent code', subtitle: 'Reconstruction part of the loss by epoch; lower is better.' },
  { name: 'training-kl', label: 'KL divergence', of: (record) => record.kl, title: () => 'How much the latent code says about a row', subtitle: 'KL divergence from the prior by epoch; rises while its weight warms up.' },
];

/** Loss and its parts by epoch, a line for each seed. */
export const trainingCurves: ChartMaker = ({ documents: { training } }) => (training === null || training.length === 0 ? [] : CURVES.map((curve) => curveChart(curve, training)));

function curveChart(curve: Curve, training: readonly TrainingSummary[]): Chart {
  const seeds = training.map((each) => String(each.seed));
  const values = training.flatMap((each) => each.epochs.map((record) => ({ seed: String(each.seed), epoch: record.epoch, value: curve.of(record), text: shortNumber(curve.of(record), 5) })));
  const last = training.map((each) => each.epochs.at(-1));
  const shared = { x: { field: 'epoch', type: 'quantitative', scale: { nice: false }, axis: { title: 'Epoch', grid: false, tickMinStep: 1 } },
    y: { field: 'value', type: 'quantitative', scale: { zero: false }, axis: { title: 'nats per row', format: '~g' } },
    color: { field: 'seed', type: 'nominal', scale: { domain: seeds, range: SERIES.slice(0, Math.max(1, seeds.length)) }, legend: { orient: 'top', title: 'Seed', titleOrient: 'left', offset: 6 } },
    opacity: { condition: { param: 'series', value: 1 }, value: 0.12 } };
  return {
    name: curve.name, section: 'training', attribute: null, reference: false, title: curve.title(training), subtitle: curve.subtitle,
    description: `Lines: ${curve.label.toLowerCase()} over ${Math.max(...training.map((each) => each.epochs.length))} epochs for ${training.length} seeds, ending at ${last.map((record) => (record === undefined ? 'none' : shortNumber(curve.of(record)))).join(', ')} nats per row.`,
    spec: plot({ left: 62, height: 180, top: 36, bottom: 44 }, { data: { values }, encoding: shared, layer: [
      { params: [{ name: 'series', select: { type: 'point', fields: ['seed'] }, bind: 'legend' }], mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round' } },
      { mark: { type: 'point', filled: true, size: 46 }, encoding: { opacity: { condition: { param: 'near', empty: false, value: 1 }, value: 0 }, tooltip: [{ field: 'seed', title: 'Seed' }, { field: 'epoch', title: 'Epoch' }, { field: 'text', title: curve.label }] },
        params: [{ name: 'near', select: { type: 'point', nearest: true, on: 'pointerover', clear: 'pointerout' } }] },
    ] }),
    table: { columns: ['Epoch', ...seeds.map((seed) => `Seed ${seed}`)], rows: epochRows(curve, training) },
  };
}

function epochRows({ of }: Curve, training: readonly TrainingSummary[]): readonly (readonly (string | number)[])[] {
  const epochs = Math.max(...training.map((each) => each.epochs.length));
  return Array.from({ length: epochs }, (_, i) => [i + 1, ...training.map((each) => (each.epochs[i] === undefined ? '–' : shortNumber(of(each.epochs[i]), 5)))]);
}

function lossTitle(training: readonly TrainingSummary[]): string {
  // A loss that was no number is null in the stored document.
  const best = training.map((each) => Math.min(...each.epochs.map((record) => record.validationLoss).filter(Number.isFinite))).filter(Number.isFinite);
  if (best.length < training.length) return `${training.length - best.length} of ${training.length} seeds never had a finite loss`;
  const low = Math.min(...best), high = Math.max(...best);
  const open = training.filter((each) => each.bestEpoch === each.epochs.at(-1)?.epoch).length;
  if (open > 0) return `${open === training.length ? (open === 1 ? 'The loss was' : 'All losses were') : `${open} of ${training.length} losses ${open === 1 ? 'was' : 'were'}`} still falling at the last epoch: longer training would fit better`;
  return training.length === 1 ? `Training settled at ${shortNumber(low)} nats per row` : `The ${training.length} seeds settled between ${shortNumber(low)} and ${shortNumber(high)} nats per row`;
}
