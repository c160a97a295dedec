import type { DrawnChart } from '../charts/chart.ts';
import { dataTable } from '../data-table.ts';
import { figures } from '../figure.ts';
import { html, type Markup } from '../markup.ts';
import { shortNumber } from '../number-text.ts';
import type { ReportInput } from '../report-input.ts';
import { betasPart } from './betas.ts';
import { NOT_COMPUTED, section } from './section.ts';

/** Whether the network that all of this rests on learned properly. */
export function trainingSection(input: ReportInput, charts: readonly DrawnChart[]): Markup {
  const { training } = input.documents;
  if (training === null) return section({ id: 'training', title: 'Training health', body: NOT_COMPUTED });
  return section({ id: 'training', title: 'Training health', body: html`${figures(charts, 'training')}
${dataTable({ caption: 'Training by seed', columns: ['Seed', 'Network', 'Parameters', 'Backend', 'Epochs', 'Best epoch', 'Stopped', 'Validation loss'], rows: training.map((each) => [
    String(each.seed), each.network, each.parameters, each.backend, each.epochs.length, each.bestEpoch, each.stopped === 'early' ? 'early' : 'at the last epoch',
    shortNumber(Math.min(...each.epochs.map((record) => record.validationLoss).filter(Number.isFinite)), 5)]) })}
${betasPart(input, charts)}` });
}
