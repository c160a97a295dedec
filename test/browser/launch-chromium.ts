import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright, type Browser } from 'playwright-core';

/** The package unpacks its browser into the temporary folder, and takes whatever an earlier version left there: so each version has a folder of its own. */
const CHROMIUM_VERSION = '153.0.0';

/** A headless Chromium without anything from the system. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const folder = join(tmpdir(), `penumbra-chromium-${CHROMIUM_VERSION}`), before = process.env['TMPDIR'];
  mkdirSync(folder, { recursive: true });
  process.env['TMPDIR'] = folder;
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    const executablePath = await chromium.executablePath();
    // In one process a crash of a page is a crash of the browser, and without a zygote its sandboxes fail to start.
    const args = chromium.args.filter((arg) => !['--single-process', '--no-zygote', '--disable-web-security', '--allow-running-insecure-content'].includes(arg));
    return await playwright.launch({ executablePath, args, headless: true });
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
