import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostileConfig, hostileTable } from '../activities/hostile-data.ts';
import { runAudit, type AuditRun } from '../activities/run-audit.ts';
import { launchChromium } from './launch-chromium.ts';

const IN_PAGE = fileURLToPath(new URL('in-page.js', import.meta.url));

let browser: Browser, folder: string, run: AuditRun;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'penumbra-hostile-'));
  run = await runAudit({ data: hostileTable(), config: hostileConfig('</title><script>window.hacked=1</script>'), settings: [] });
  writeFileSync(join(folder, 'report.html'), run.files.get('report.html')!);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('the report of hostile data runs nothing of it, asks for nothing, and comes alive', async () => {
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 } }), complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => { complaints.push(dialog.message()); void dialog.dismiss(); });
  page.on('request', (request) => { if (!request.url().endsWith('/report.html')) complaints.push(request.url()); });
  await page.addInitScript({ path: IN_PAGE });
  await page.goto(pathToFileURL(join(folder, 'report.html')).href);
  await page.evaluate('inPage.openDetails()');
  const pictures = await page.locator('.picture').all();
  for (const picture of pictures) await picture.scrollIntoViewIfNeeded();
  await expect.poll(() => page.evaluate('inPage.liveCharts()'), { timeout: 20_000 }).toBe(pictures.length);
  expect(complaints).toEqual([]);
  expect(await page.evaluate(`'hacked' in window`)).toBe(false);
  expect(await page.locator('main script, main img, main i, main iframe').count()).toBe(0);
  expect(await page.evaluate('inPage.width()')).toBe(1000);
  for (const name of [...run.files.keys()].filter((each) => each.endsWith('.svg'))) {
    expect([name, await page.evaluate(`inPage.svgProblem(${JSON.stringify(run.files.get(name)!.toString())})`)]).toEqual([name, 0]);
  }
});
