import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawCharts } from '../../reports/charts/chart-table.ts';
import { standaloneSvg } from '../../reports/standalone-svg.ts';
import { renderPage } from '../../reports/page.ts';
import type { ReportInput } from '../../reports/report-input.ts';
import { betaFixture, partialFixture, reportFixture } from '../reports/fixture.ts';
import { launchChromium } from './launch-chromium.ts';

const IN_PAGE = fileURLToPath(new URL('in-page.js', import.meta.url));
/** On a busy machine a picture answers a click late. */
const PATIENT = { timeout: 15_000 };
const PAGES: Readonly<Record<string, ReportInput>> = { plain: reportFixture({ betas: betaFixture() }), hostile: reportFixture({ hostile: true }), partial: partialFixture('fairness') };

let browser: Browser, folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'penumbra-page-'));
  for (const [name, input] of Object.entries(PAGES)) {
    const charts = await drawCharts(input);
    writeFileSync(join(folder, `${name}.html`), renderPage(input, charts));
    for (const chart of charts) writeFileSync(join(folder, `${name}-${chart.name}.svg`), standaloneSvg(chart));
  }
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** Console messages, errors, refused content, and requests for anything but the page itself. */
  readonly complaints: string[];
}

async function open(name: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options }), page = await context.newPage(), complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => { if (!request.url().endsWith(`/${name}`)) complaints.push(`request: ${request.url()}`); });
  await page.addInitScript({ path: IN_PAGE });
  await page.goto(pathToFileURL(join(folder, name)).href);
  return { page, complaints };
}

/** Brings every chart to life, those in closed details too. */
async function enlivenAll(page: Page): Promise<number> {
  await page.evaluate('inPage.openDetails()');
  const pictures = await page.locator('.picture').all();
  for (const picture of pictures) await picture.scrollIntoViewIfNeeded();
  await expect.poll(() => page.evaluate('inPage.liveCharts()'), { timeout: 20_000 }).toBe(pictures.length);
  return pictures.length;
}

describe.each(Object.keys(PAGES))('the %s page', (name) => {
  it('comes alive under its own policy, without a complaint or a request', async () => {
    const { page, complaints } = await open(`${name}.html`);
    expect(await enlivenAll(page)).toBe((await drawCharts(PAGES[name]!)).length);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(`'hacked' in window`)).toBe(false);
    await page.context().close();
  });

  it.each([400, 800, 1400])('does not scroll sideways at %i px', async (width) => {
    const { page } = await open(`${name}.html`, { viewport: { width, height: 900 } });
    await page.evaluate('inPage.openDetails()');
    expect(await page.evaluate('inPage.width()')).toBe(width);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('is legible in %s surroundings', async (colorScheme) => {
    const { page } = await open(`${name}.html`, { colorScheme });
    await page.evaluate('inPage.openDetails()');
    expect(await page.evaluate('inPage.contrastProblems()')).toEqual([]);
    await page.context().close();
  });
});

describe('the page without scripts', () => {
  it('shows every chart, every table and the verdict', async () => {
    const { page, complaints } = await open('plain.html', { javaScriptEnabled: false });
    expect(await page.locator('.picture svg').count()).toBe((await drawCharts(PAGES['plain']!)).length);
    expect(await page.locator('.verdict .word').textContent()).toContain('Findings');
    expect(await page.locator('th button, .choices:visible').count()).toBe(0);
    await page.locator('#chart-base-rate-sex summary').click();
    expect(await page.locator('#chart-base-rate-sex table').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the live page', () => {
  it('tells a dot’s numbers when pointed at, and holds hostile names as text', async () => {
    for (const [name, chart, expected] of [['plain', 'base-rate-sex', 'Male'], ['hostile', 'base-rate-a-b-i-c-i', '–']] as const) {
      const { page } = await open(`${name}.html`), picture = page.locator(`.picture[data-chart="${chart}"]`);
      await picture.scrollIntoViewIfNeeded();
      await page.waitForSelector(`.picture[data-chart="${chart}"][data-live]`);
      await picture.locator('.mark-symbol path').first().hover();
      await page.waitForSelector('#tip:not([hidden])');
      expect(await page.locator('#tip dd').first().textContent()).toBe(expected);
      expect(await page.locator('#tip').textContent()).toMatch(/Group.*Value.*%.*95 % interval.*to.*Rows/);
      await page.context().close();
    }
  });

  it('draws a chart alive where it was drawn before', async () => {
    const { page } = await open('plain.html', { viewport: { width: 1000, height: 300 } }), chart = '.picture[data-chart="base-rate-race"]';
    expect(await page.locator(`${chart}[data-live]`).count()).toBe(0);
    const before = await page.evaluate<number[]>(`inPage.dotPlaces('base-rate-race')`);
    await page.locator(chart).scrollIntoViewIfNeeded();
    await page.waitForSelector(`${chart}[data-live]`);
    const after = await page.evaluate<number[]>(`inPage.dotPlaces('base-rate-race')`);
    expect(before).toHaveLength(5);
    for (const [i, x] of after.entries()) expect(Math.abs(x - before[i]!)).toBeLessThanOrEqual(1);
    await page.context().close();
  });

  it('singles out a seed in the legend and a group on the map', async () => {
    const { page } = await open('plain.html');
    await page.locator('.picture[data-chart="training-loss"]').scrollIntoViewIfNeeded();
    await page.waitForSelector('.picture[data-chart="training-loss"][data-live]');
    const faded = (chart: string, opacity: string): Promise<number> => page.locator(`.picture[data-chart="${chart}"] path[opacity="${opacity}"]`).count();
    expect(await faded('training-loss', '0.12')).toBe(0);
    await page.locator('.picture[data-chart="training-loss"] .role-legend-symbol path').first().click();
    await expect.poll(() => faded('training-loss', '0.12'), PATIENT).toBeGreaterThanOrEqual(2);
    await page.locator('#chart-latent-map select').selectOption({ label: 'sex: Female' });
    await expect.poll(() => faded('latent-map', '0.07'), PATIENT).toBeGreaterThan(1000);
    await page.context().close();
  });

  it('sorts a table by a column, numbers as numbers', async () => {
    const { page } = await open('plain.html'), table = page.locator('table.sortable').first();
    const values = async (): Promise<number[]> => (await table.locator('tbody td:nth-child(4)').allTextContents()).map((text) => Number.parseFloat(text));
    const header = table.getByRole('button', { name: 'Value' });
    await header.click();
    expect(await values()).toEqual([...(await values())].sort((a, b) => a - b));
    await header.click();
    expect(await values()).toEqual([...(await values())].sort((a, b) => b - a));
    expect(await table.locator('thead th:nth-child(4)').getAttribute('aria-sort')).toBe('descending');
    await page.context().close();
  });

  it('can be used from the keyboard, and its parts have names', async () => {
    const { page } = await open('plain.html');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the verdict');
    expect(await page.evaluate('inPage.unnamedParts()')).toBe(0);
    expect(await page.evaluate('inPage.repeatedIds()')).toEqual([]);
    await page.context().close();
  });
});

describe('the page on paper', () => {
  it('prints, light even from dark surroundings', async () => {
    const { page } = await open('plain.html', { colorScheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4' }), pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(4);
    expect(pages).toBeLessThan(30);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(31, 35, 40)');
    expect(await page.locator('nav').isVisible()).toBe(false);
    await page.context().close();
  });
});

describe('the charts as files', () => {
  it.each(['plain', 'hostile'])('are well-formed SVG without scripts (%s)', async (name) => {
    const { page } = await open(`${name}.html`);
    for (const chart of await drawCharts(PAGES[name]!)) {
      const problem = await page.evaluate(`inPage.svgProblem(${JSON.stringify(standaloneSvg(chart))})`);
      expect([chart.name, problem]).toEqual([chart.name, 0]);
    }
    await page.context().close();
  });
});
