import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAudits } from '../../activities/compare-audits.ts';
import { comparisonFiles } from '../../infra/compare/comparison-files.ts';
import { watchTable } from '../../infra/schedule/watch-table.ts';
import { readRecord } from '../../infra/results/records.ts';
import { WATCH_DEFAULTS } from '../../models/nights/watch.ts';
import { MemoryStore } from '../activities/memory-store.ts';
import { applicants, Nights, table } from '../infra/schedule/night-fixture.ts';
import { comparison as hostile, HOSTILE } from '../reports/compare/comparison-fixture.ts';
import { launchChromium } from './launch-chromium.ts';

const IN_PAGE = fileURLToPath(new URL('in-page.js', import.meta.url));
const NAMES = ['night', 'hostile'];

/** The page of a night on which a gap grew, ages moved and a group came, with its watch. */
async function nightPage(): Promise<ReadonlyMap<string, string>> {
  const store = new MemoryStore(), nights = await Nights.create(store), first = applicants({ seed: 1, rows: 900 }), more = [...first, ...applicants({ seed: 2, rows: 500, first: 900 })];
  const moved = [...first.slice(200), ...applicants({ seed: 5, rows: 1500, first: 1400, gap: 0.45, shift: 12 }), ...applicants({ seed: 6, rows: 80, first: 2900 }).map((line) => line.replace(/,[mf],/, ',d,'))];
  await nights.audit('20261121-023000-applicants-0a1b2c', table(first));
  await nights.audit('20261122-023000-applicants-3d4e5f', table(more));
  await nights.audit('20261123-023000-applicants-6a7b8c', table(moved));
  await nights.judge('20261121-023000-applicants-0a1b2c');
  await nights.judge('20261122-023000-applicants-3d4e5f');
  const { watch } = await nights.judge('20261123-023000-applicants-6a7b8c'), [a, b] = [await readRecord(store, '20261122-023000-applicants-3d4e5f'), await readRecord(store, '20261123-023000-applicants-6a7b8c')];
  return comparisonFiles(await compareAudits(store, a!, b!), { reproduce: ['npm run -s penumbra -- compare 20261122-023000-applicants-3d4e5f 20261123-023000-applicants-6a7b8c'], watch: watchTable(watch, { ...WATCH_DEFAULTS, baselineNights: 2 })! });
}

let browser: Browser, folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'penumbra-compare-'));
  writeFileSync(join(folder, 'night.html'), (await nightPage()).get('compare.html')!);
  writeFileSync(join(folder, 'hostile.html'), (await comparisonFiles(hostile, { reproduce: [`penumbra compare a '${HOSTILE}'`], watch: { lead: HOSTILE, columns: ['Gap'], rows: [[HOSTILE]] } })).get('compare.html')!);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(name: string, options: BrowserContextOptions = {}): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options }), page = await context.newPage(), complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => { if (!request.url().endsWith(`/${name}.html`)) complaints.push(`request: ${request.url()}`); });
  await page.addInitScript({ path: IN_PAGE });
  await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
  await page.evaluate('inPage.openDetails()');
  return { page, complaints };
}

describe.each(NAMES)('the page of a comparison (%s)', (name) => {
  it('asks for nothing, complains of nothing and runs nothing of the data', async () => {
    const { page, complaints } = await open(name);
    expect(await page.locator('.picture svg').count()).toBeGreaterThanOrEqual(3);
    expect(complaints).toEqual([]);
    expect(await page.locator('main script, main img, main iframe').count()).toBe(0);
    expect(await page.evaluate('inPage.unnamedParts()')).toBe(0);
    expect(await page.evaluate('inPage.repeatedIds()')).toEqual([]);
    await page.context().close();
  });

  it.each([400, 800, 1400])('does not scroll sideways at %i px', async (width) => {
    const { page } = await open(name, { viewport: { width, height: 900 } });
    expect(await page.evaluate('inPage.width()')).toBe(width);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('is legible in %s surroundings', async (colorScheme) => {
    const { page } = await open(name, { colorScheme });
    expect(await page.evaluate('inPage.contrastProblems()')).toEqual([]);
    await page.context().close();
  });

  it('prints, light even from dark surroundings, and holds everything without scripts', async () => {
    const { page } = await open(name, { colorScheme: 'dark' });
    const pages = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(1);
    expect(pages).toBeLessThan(20);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(31, 35, 40)');
    expect(await page.locator('nav').isVisible()).toBe(false);
    await page.context().close();
  });
});

describe('the page of a night', () => {
  it('leads with what changed, and says of each what it was, is and counts from', async () => {
    const { page } = await open('night');
    expect(await page.locator('.verdict .word').textContent()).toMatch(/\d+ changes/);
    expect(await page.locator('ol.findings li').allTextContents()).toEqual(expect.arrayContaining([expect.stringMatching(/^sex: the group d \(\d+ of/), expect.stringMatching(/^age: standardised mean difference/)]));
    expect(await page.locator('#watch table tbody tr').count()).toBeGreaterThanOrEqual(1);
    const row = page.locator('#fairness table tr', { hasText: 'sex = d' });
    expect(await row.first().textContent()).toMatch(/Group new.*changed/s);
    await page.context().close();
  });

  it('sorts its tables, numbers as numbers', async () => {
    const { page } = await open('night'), sorted = page.locator('#data table.sortable').first(), header = sorted.getByRole('button', { name: 'Change' });
    await header.click();
    const values = (await sorted.locator('tbody td:nth-child(6)').allTextContents()).map((text) => Number.parseFloat(text.replace('−', '-'))).filter((value) => !Number.isNaN(value));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    await page.context().close();
  });
});
