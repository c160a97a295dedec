import type { ReportInput } from '../report-input.ts';
import type { ChartMaker, DrawnChart } from './chart.ts';
import { columnDistributions } from './column-distributions.ts';
import { decileWeights } from './decile-weights.ts';
import { detectorAgreement } from './detector-agreement.ts';
import { drawChart } from './draw-chart.ts';
import { gaps } from './gaps.ts';
import { groupRates } from './group-rates.ts';
import { groupThinness } from './group-thinness.ts';
import { latentEffects } from './latent-effects.ts';
import { latentMap } from './latent-map.ts';
import { latentUnits } from './latent-units.ts';
import { mitigationTradeoff } from './mitigation-tradeoff.ts';
import { outlierScores } from './outlier-scores.ts';
import { rateDistortionChart } from './rate-distortion.ts';
import { reliabilityCurves } from './reliability-curves.ts';
import { sliceLift } from './slice-lift.ts';
import { thresholdCurves } from './threshold-curves.ts';
import { trainingCurves } from './training-curves.ts';
import { weightEss } from './weight-ess.ts';

/** Every kind of chart, in the page's order. */
const CHART_TABLE: readonly ChartMaker[] = [
  groupRates, gaps, thresholdCurves, reliabilityCurves, mitigationTradeoff, latentMap, groupThinness, weightEss, decileWeights, outlierScores, detectorAgreement, sliceLift, latentEffects, trainingCurves, latentUnits, rateDistortionChart, columnDistributions,
];

/** Every chart that the audit has numbers for, each under a name of its own. */
export async function drawCharts(input: ReportInput): Promise<readonly DrawnChart[]> {
  const drawn: DrawnChart[] = [], taken = new Set<string>();
  for (const chart of CHART_TABLE.flatMap((make) => make(input))) {
    let name = chart.name;
    for (let i = 2; taken.has(name); i++) name = `${chart.name}-${i}`;
    taken.add(name);
    drawn.push(await drawChart({ ...chart, name }));
  }
  return drawn;
}
