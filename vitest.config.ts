import { defineConfig } from 'vitest/config';

/** Tests that need the Temporal server, a browser or whole processes; the others need nothing but themselves. */
const SYSTEM = ['test/workflows/**/*.test.ts', 'test/system/**/*.test.ts', 'test/browser/**/*.test.ts', 'test/faults/**/*.test.ts'];

export default defineConfig({
  test: {
    // Temporal's native workers are not safe in worker threads.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: SYSTEM, testTimeout: 60_000 } },
      { extends: true, test: { name: 'system', include: SYSTEM, globalSetup: ['test/system/global-setup.ts'], testTimeout: 300_000, hookTimeout: 180_000 } },
    ],
  },
});
