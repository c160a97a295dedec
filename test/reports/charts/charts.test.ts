import { beforeAll, describe, expect, it } from 'vitest';
import type { DrawnChart } from '../../../reports/charts/chart.ts';
import { drawCharts } from '../../../reports/charts/chart-table.ts';
import { drawChart } from '../../../reports/charts/draw-chart.ts';
import { darkChartRules } from '../../../reports/palette.ts';
import type { ReportInput } from '../../../reports/report-input.ts';
import { standaloneSvg } from '../../../reports/standalone-svg.ts';
import { betaFixture, reportFixture } from '../fixture.ts';

/** One chart of each kind; the golden pictures were looked at, light and dark. */
const GOLDEN = ['base-rate-race', 'gaps-race', 'ratios-sex', 'thresholds-sex', 'reliability-race', 'mitigation-demographic-parity-sex', 'latent-map', 'thin-race', 'weight-ess', 'weight-deciles', 'outlier-scores', 'detector-agreement', 'slices-error', 'latent-effects', 'training-loss', 'latent-units', 'beta-rate-distortion', 'column-age', 'column-workclass'];

/** Few points are enough to see that the map is drawn as it was. */
function small(input: ReportInput): ReportInput {
  const density = input.documents.density!;
  return { ...input, documents: { ...input.documents, density: { ...density, map: { ...density.map, points: density.map.points.slice(0, 60) } } } };
}

describe('the charts of an audit', () => {
  let charts: readonly DrawnChart[], hostile: readonly DrawnChart[];
  beforeAll(async () => {
    charts = await drawCharts(small(reportFixture({ betas: betaFixture() })));
    hostile = await drawCharts(small(reportFixture({ hostile: true })));
  }, 60_000);

  it.each(GOLDEN)('%s is drawn as it was when someone last looked', async (name) => {
    const chart = charts.find((each) => each.name === name)!;
    await expect(standaloneSvg(chart)).toMatchFileSnapshot(`golden/${name}.svg`);
  });

  it('are drawn to the same bytes whatever was drawn before', async () => {
    const again = await drawChart(charts.find((chart) => chart.name === 'latent-units')!);
    expect(again.svg).toBe(charts.find((chart) => chart.name === 'latent-units')!.svg);
  });

  it('have no two elements of one id on a page', () => {
    const ids = charts.flatMap((chart) => [...chart.svg.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]!));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('hold no colour that would stay light in the dark', () => {
    const known = darkChartRules(''), used = charts.flatMap((chart) => [...chart.svg.matchAll(/(?:fill|stroke)="(#[0-9a-f]+|[a-z]+)"/g)].map((match) => match[1]!));
    const foreign = used.filter((colour) => colour !== 'none' && colour !== 'transparent' && !known.includes(`"${colour}"`));
    expect(used.length).toBeGreaterThan(1000);
    expect([...new Set(foreign)]).toEqual([]);
  });

  it('hold no style attribute, which the page’s policy would refuse, and are all of one width', () => {
    for (const chart of [...charts, ...hostile]) {
      expect(chart.svg.includes(' style=')).toBe(false);
      expect(chart.width).toBe(charts[0]!.width);
    }
  });

  it('keep hostile names as text', () => {
    for (const chart of hostile) expect([chart.name, /<(?:script|img|i)\b|\u202e/.test(chart.svg) || chart.svg.includes('\u0000')]).toEqual([chart.name, false]);
    const rates = hostile.find((chart) => chart.name.startsWith('base-rate'))!;
    for (const name of ['__proto__', 'constructor']) expect(rates.svg).toContain(`>${name}</text>`);
  });

  it('draw every group, whatever its name', () => {
    const rates = hostile.find((chart) => chart.name === 'base-rate-a-b-i-c-i')!;
    expect(rates.table.rows).toHaveLength(11);
    expect(rates.svg.match(/<circle /g)?.length).toBe(11);
  });
});

describe('a difference to the reference group', () => {
  it('keeps its sign, on an axis that shows it, and is tolerated both ways', async () => {
    const input = reportFixture(), charts = await drawCharts({ ...input, documents: { ...input.documents, density: null, training: null } }), gaps = charts.find((chart) => chart.name === 'gaps-sex')!;
    const [, from, to] = gaps.table.rows.find(([name]) => name === 'Average odds, difference')!.slice(0, 4).map((cell) => Number.parseFloat(String(cell).replace('−', '-')));
    expect(from).toBeLessThan(-5);
    expect(to).toBeLessThan(-5);
    const places = [...gaps.svg.matchAll(/transform="translate\(([\d.-]+),[\d.-]+\)"[^>]*x2=/g)].map((match) => Number(match[1]));
    expect(places.length).toBeGreaterThan(5);
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  });
});

describe('many groups', () => {
  it('are cut to the extremes in the picture, and all in the table', async () => {
    const input = reportFixture(), fairness = input.documents.fairness!, one = fairness.groups.find((group) => group.metric === 'base_rate')!;
    const groups = Array.from({ length: 60 }, (_, i) => ({ ...one, attribute: 'a*b', group: `g${i}*h`, value: i / 60, interval: [i / 60, (i + 1) / 60] as const }));
    const charts = await drawCharts({ ...input, documents: { ...input.documents, density: null, training: null, fairness: { ...fairness, groups, disparities: [] } } });
    const rates = charts.find((chart) => chart.section === 'rates')!;
    expect(rates.svg.match(/<circle /g)).toHaveLength(20);
    expect(rates.table.rows).toHaveLength(60);
    expect(rates.subtitle).toContain('the 10 highest and lowest of 60 groups');
    expect([rates.table.rows[0]![0], rates.table.rows[59]![0]]).toEqual(['g59 × h', 'g0 × h']);
  });
});

describe('rate and distortion', () => {
  const drawn = async (betas: ReturnType<typeof betaFixture>): Promise<DrawnChart> =>
    (await drawCharts({ ...reportFixture(), documents: { ...reportFixture({ betas }).documents, density: null, fairness: null, training: null } })).find(({ section }) => section === 'beta')!;

  it('have a dot for every network and the name of every β, the audit’s own told from the others, as many as may be', async () => {
    const { svg, table } = await drawn(betaFixture([3, 0.25, 1, 2, 0.5, 4, 8, 16], 5));
    expect(svg.match(/<path transform="translate[^>]* d="[^"]*" fill=|<circle /g)).toHaveLength(40 + 8);
    for (const name of ['0.25', '0.5', '1', '2', '3 (the audit’s)', '4', '8', '16']) expect(svg).toContain(`>${name}</text>`);
    expect(table.rows.map(([beta]) => beta)).toEqual(['0.25', '0.5', '1', '2', '3', '4', '8', '16'].flatMap((beta) => Array.from({ length: 5 }, () => beta)));
  });

  it.each<[readonly number[], string]>([
    [[1, 4], 'The latent code says 1.54 to 3.76 nats about a row, depending on β'], [[1, 16], 'At β = 16 the latent code says nothing about a row, elsewhere 3.76 nats'],
    [[32, 16, 1, 4], 'At β = 16, 32 the latent code says nothing about a row, elsewhere 1.54 to 3.76 nats'], [[16, 32], 'The latent code says nothing about a row, whichever β'],
  ])('of β %j are told in the title', async (betas, title) => {
    expect((await drawn(betaFixture(betas))).title).toBe(title);
  });
});

describe('training that diverged', () => {
  it('is said to have, rather than to have settled at nought', async () => {
    const input = reportFixture(), training = JSON.parse(JSON.stringify(input.documents.training, (key, value: unknown) => (key === 'validationLoss' ? null : value))) as typeof input.documents.training;
    const charts = await drawCharts({ ...input, documents: { ...input.documents, density: null, fairness: null, training } });
    expect(charts.find((chart) => chart.name === 'training-loss')!.title).toBe('3 of 3 seeds never had a finite loss');
  });
});

describe('titles', () => {
  it('state what is found, by verdict', async () => {
    const input = reportFixture(), fairness = input.documents.fairness!;
    const withVerdict = async (verdict: 'parity' | 'undecided' | 'disparity'): Promise<string> => {
      const disparities = fairness.disparities.map((gap) => ({ ...gap, verdict }));
      const charts = await drawCharts({ ...input, documents: { ...input.documents, density: null, training: null, fairness: { ...fairness, disparities } } });
      return charts.find((chart) => chart.name === 'base-rate-sex')!.title;
    };
    expect(await withVerdict('disparity')).toBe('Female is 19.5 points below Male in base rate');
    expect(await withVerdict('parity')).toBe('By sex, base rate differs by no more than tolerated (19.5 points)');
    expect(await withVerdict('undecided')).toBe('By sex, base rate differs by 19.5 points; this data cannot tell whether that is too much');
  });
});
