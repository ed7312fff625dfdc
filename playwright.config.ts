import { defineConfig } from 'playwright/test';
import { chromiumFlags, findChromium } from './tools/chromium.ts';

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  // One at a time: each test starts a product and a browser, which is what two cores carry without stalls.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  use: {
    headless: true,
    trace: 'retain-on-failure',
    launchOptions: { executablePath: findChromium({ install: false }), args: [...chromiumFlags] },
  },
});
