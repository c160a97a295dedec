import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DrawnChart } from '../../reports/charts/chart.ts';
import { drawCharts } from '../../reports/charts/chart-table.ts';
import { renderPage } from '../../reports/page.ts';
import { betaFixture, partialFixture, reportFixture } from './fixture.ts';

/** The page without its scripts, style and data blocks: what a reader sees. */
function body(page: string): string {
  return page.slice(page.indexOf('<body>')).replace(/<script[\s\S]*?<\/script>/g, '');
}

describe('the page of an audit', () => {
  let charts: readonly DrawnChart[], page: string;
  beforeAll(async () => {
    charts = await drawCharts(reportFixture());
    page = renderPage(reportFixture(), charts);
  });

  it('is the same text when made again', async () => {
    expect(renderPage(reportFixture(), await drawCharts(reportFixture()))).toBe(page);
  });

  it('tells its parts in the order of a reader’s questions', () => {
    const ids = [...page.matchAll(/<section id="([a-z]+)"/g)].map((match) => match[1]);
    expect(ids).toEqual(['verdict', 'findings', 'fairness', 'mitigation', 'latent', 'outliers', 'training', 'profile', 'reproduce']);
  });

  it('allows exactly the style and scripts it holds, and no evaluation', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!.replaceAll('&#39;', "'");
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => hash(match[1]!)), style = hash(/<style>([\s\S]*?)<\/style>/.exec(page)![1]!);
    expect(policy).toBe(`default-src 'none'; style-src ${style}; script-src ${scripts.join(' ')}; img-src data:; base-uri 'none'; form-action 'none'`);
    expect(page).not.toMatch(/ style="| on[a-z]+="/);
  });

  it('names no outside address but that of SVG itself', () => {
    const addresses = new Set(body(page).match(/https?:\/\/[^"'\s<]+/g));
    expect([...addresses]).toEqual(['http://www.w3.org/2000/svg']);
    expect(body(page)).not.toMatch(/<(?:link|iframe|object|img|audio|video|form|base)\b/);
  });

  it('has the numbers of every chart in a table behind it', () => {
    for (const chart of charts) {
      const figure = page.slice(page.indexOf(`id="chart-${chart.name}"`)), own = figure.slice(0, figure.indexOf('</figure>'));
      expect(own).toContain('<svg');
      expect(own.match(/<tr>/g)).toHaveLength(chart.table.rows.length + 1);
    }
  });

  it('says wherever numbers are the reference classifier’s', () => {
    for (const chart of charts) {
      const figure = page.slice(page.indexOf(`id="chart-${chart.name}"`)), caption = figure.slice(0, figure.indexOf('</figcaption>'));
      const speaksOfDecisions = /selection-rate|positive-rate|gaps-|ratios-|slices-error|latent-effects|^mitigation-|^thresholds-|^reliability-/.test(chart.name);
      expect([chart.name, caption.includes('class="badge reference"')]).toEqual([chart.name, speaksOfDecisions]);
    }
    const findings = page.slice(page.indexOf('<section id="findings"'), page.indexOf('<section id="fairness"'));
    expect(findings.match(/badge reference/g)).toHaveLength(reportFixture().documents.fairness!.findings.length);
  });

  it('puts failing comparisons first', () => {
    const table = page.slice(page.indexOf('<table class="sortable">'), page.indexOf('</table>', page.indexOf('<table class="sortable">')));
    const verdicts = [...table.matchAll(/class="mark (\w+)"/g)].map((match) => match[1]);
    expect(verdicts).toEqual(['disparity', 'disparity', 'disparity', 'undecided']);
  });

  it('says in one sentence what was decided, on what and about whom', () => {
    const box = page.slice(page.indexOf('<div class="verdict'), page.indexOf('<dl class="facts"'));
    expect(box).toContain('In the reference classifier’s decisions of all 48,842 usable rows, 3 of 4 headline comparisons show a disparity beyond what is tolerated');
  });

  it('keeps under “What this data cannot tell” what was not decided, and remarks elsewhere', () => {
    const box = page.slice(page.indexOf('<aside class="box"'), page.indexOf('</aside>'));
    expect(box).toContain('undecided');
    expect(box).toContain('the data holds no decision of one');
    expect(box).not.toContain('Rows are taken as independent');
    expect(page.match(/Rows are taken as independent/g)).toHaveLength(1);
  });

  it('compares mitigations, with the word for every change', () => {
    const part = page.slice(page.indexOf('<section id="mitigation"'), page.indexOf('<section id="latent"'));
    for (const word of ['better', 'worse', 'undecided', 'No mitigation', 'Reweighing', 'Thresholds: odds']) expect(part).toContain(word);
    expect(part.match(/<figure/g)).toHaveLength(4);
  });

  it('shows what real rows say beside the effect on decoded ones', () => {
    const figure = page.slice(page.indexOf('id="chart-latent-effects"')), own = figure.slice(0, figure.indexOf('</figure>'));
    for (const text of ['Effect on decoded rows', 'Between real rows', 'Verdict on decoded rows', '0.1 to 0.22', '1,210 and 1,315']) expect(own).toContain(text);
  });

  it('shows empirical-Bayes rates where there are any, and says what they are for', () => {
    const table = page.slice(page.indexOf('<summary>Every rate of every group'), page.indexOf('<summary>Each group beside the most'));
    expect(table).toContain('Shrunken');
    expect(table).toContain('never for verdicts');
    const { fairness } = reportFixture().documents, without = { ...reportFixture(), documents: { ...reportFixture().documents, fairness: { ...fairness!, groups: fairness!.groups.map((group) => ({ ...group, shrunk: null })) } } };
    expect(renderPage(without, charts)).not.toContain('Shrunken');
  });

  it('carries no badge when the decisions are the audited model’s', async () => {
    const input = reportFixture(), fairness = { ...input.documents.fairness!, decisions: { source: 'prediction' as const, description: 'column decision' } };
    const own = { ...input, documents: { ...input.documents, fairness, perturbation: null, slices: null, mitigation: null } };
    expect(body(renderPage(own, await drawCharts(own)))).not.toContain('badge reference');
  });
});

describe('the page of a part of an audit', () => {
  it('says of every other part that it was not computed', async () => {
    const input = partialFixture('profile'), page = body(renderPage(input, await drawCharts(input)));
    expect(page.match(/Not computed in this audit/g)).toHaveLength(9);
    expect(page).toContain('a verdict from nothing is undecided');
    expect(page).toContain('id="chart-column-age"');
  });

  it('stands even when nothing was computed', async () => {
    const input = partialFixture(), charts = await drawCharts(input);
    expect(charts).toEqual([]);
    expect(renderPage(input, charts)).toContain('<h2 id="verdict-title">');
  });
});

describe('a page of hostile data', () => {
  it('names the groups whose point values are hidden', async () => {
    const input = reportFixture({ hostile: true }), page = body(renderPage(input, []));
    expect(page.match(/1 small group counts in the interval, point value hidden: \(blank\)/g)?.length).toBeGreaterThan(0);
  });

  it('holds no markup, attribute or script that the data brought', async () => {
    const input = reportFixture({ hostile: true }), charts = await drawCharts(input), page = renderPage(input, charts);
    expect(body(page)).not.toMatch(/<script|<img|<i>|<\/i>/);
    expect(page.match(/<script\b/g)).toHaveLength(3);
    expect(page).not.toContain('\u202e');
    expect(page).not.toContain('\u0000');
    expect(page).not.toMatch(/x{500}/);
    for (const chart of charts) expect(chart.name).toMatch(/^[a-z0-9-]{1,64}$/);
    expect(new Set(charts.map((chart) => chart.name)).size).toBe(charts.length);
  });
});

describe('the part on β', () => {
  const partOf = async (betas: ReturnType<typeof betaFixture>): Promise<string> => {
    const input = reportFixture({ betas }), page = body(renderPage(input, await drawCharts({ ...input, documents: { ...input.documents, density: null, fairness: null } })));
    return page.slice(page.indexOf('<h3 id="beta"'), page.indexOf('<section id="profile"'));
  };

  it('gives mean and range of the seeds, and no interval', async () => {
    const part = await partOf(betaFixture([1, 4]));
    expect(part).toContain('mean over 3 seeds, and the range in brackets');
    expect(part).toContain('1.54 (1.48 to 1.60)');
    expect(part).toContain('−15.45 (−15.46 to −15.45)');
    expect(part).not.toMatch(/interval|±|confidence/);
  });

  it('says of one seed that it cannot tell what the seed alone does', async () => {
    const part = await partOf(betaFixture([1, 4], 1));
    expect(part).toContain('How far the seed alone moves them, one seed cannot tell');
    expect(part).not.toMatch(/range in brackets|\(1\.48/);
  });

  it('names networks that ignore the row, and what of the report then rests on noise', async () => {
    expect(await partOf(betaFixture([1, 4]))).not.toContain('posterior collapse');
    expect(await partOf(betaFixture([1, 16]))).toContain('At β = 16 all 3 networks ignore the row (posterior collapse): no unit is active, and every row has about the same place in latent space. A map or a density');
    expect(await partOf(betaFixture([16, 1], 1))).toContain('At β = 16 the network ignores the row (posterior collapse): no unit is active, and every row has about the same place in latent space. This is the audit’s own β');
  });
});
