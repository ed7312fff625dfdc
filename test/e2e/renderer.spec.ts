// The renderer alone, against a stand-in of the private listener: every screen in both themes has no serious
// accessibility fault and breaks no rule of the house's CSP; lists and deck work by keyboard.
import { AxeBuilder } from '@axe-core/playwright';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { buildRenderer } from './renderer-harness/build.ts';
import { olderCalls } from './renderer-harness/sample-data.ts';
import { type Harness, startHarness } from './renderer-harness/server.ts';

let dir: string;
let harness: Harness;

test.beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tapedeck-renderer-'));
  await buildRenderer(dir);
});
test.afterAll(() => rm(dir, { recursive: true, force: true }));
test.beforeEach(async () => {
  harness = await startHarness(dir);
});
test.afterEach(() => harness.close());

const screens = [
  { name: 'call log', hash: '#/calls/call_1?t=108', width: 1320 },
  { name: 'live', hash: '#/live', width: 1320 },
  { name: 'a call that needs attention', hash: '#/calls/call_6', width: 900 },
  { name: 'call log on a small screen', hash: '#/calls', width: 420 },
  { name: 'a call on a small screen', hash: '#/calls/call_1?t=3', width: 420 },
];

for (const theme of ['light', 'dark'] as const) {
  for (const { name, hash, width } of screens) {
    test(`${name}, ${theme}: accessible, and nothing refused by the CSP`, async ({ page }) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 820 });
      await page.goto(harness.url + hash);
      await expect(page.getByText('Phone service')).toBeAttached();
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
      expect(complaints).toEqual([]);
    });
  }
}

test('finds, opens and plays a call without a pointer', async ({ page }) => {
  await page.goto(harness.url);
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('(415) 555-0199');
  await expect(page.locator('[data-call-id]')).toHaveCount(1);
  expect(page.url()).not.toContain('0199');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await expect(page).toHaveURL(/#\/calls\/call_1$/);
  await page.keyboard.press('Space');
  await expect
    .poll(() => page.evaluate(() => document.querySelector('audio')?.currentTime ?? 0))
    .toBeGreaterThan(0.2);
  await page.keyboard.press('v');
  await expect(page.getByRole('radio', { name: 'Clinic' })).toBeChecked();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+BracketRight');
  await expect(page.getByRole('slider')).toHaveAttribute('aria-valuetext', /^3\d seconds of 4 minutes 7/);
});

test('reads further pages, and holds new calls back while the list is scrolled', async ({ page }) => {
  harness.calls.push(...olderCalls(400));
  await page.goto(`${harness.url}#/calls?show=all`);
  const grid = page.getByRole('grid');
  await expect(grid).toHaveAttribute('aria-rowcount', '-1');
  await grid.focus();
  await expect(async () => {
    await page.keyboard.press('End');
    await expect(grid).not.toHaveAttribute('aria-rowcount', '-1', { timeout: 300 });
  }).toPass();
  expect(await page.locator('[data-call-id]').count()).toBeLessThan(80);
  const first = harness.calls[0];
  if (first === undefined) throw new Error('no calls');
  const before = await page.locator('[data-call-id]').last().boundingBox();
  harness.emit({
    name: 'call.changed',
    data: { call: { ...first, callId: 'new', startedAtMs: first.startedAtMs + 1 } },
  });
  const button = page.getByRole('button', { name: '1 new call' });
  await expect(button).toBeVisible();
  expect(await page.locator('[data-call-id]').last().boundingBox()).toEqual(before);
  await button.click();
  await expect(page.locator('[data-call-id="new"]')).toBeVisible();
});

test('offers sample calls when there are none, and says when it cannot read', async ({ page }) => {
  harness.calls.length = 0;
  await page.goto(harness.url);
  await page.getByRole('button', { name: 'Try with sample calls' }).click();
  await expect(page).toHaveURL(/sample/);
  harness.failing.set('calls.list', 'internal');
  await page.goto(`${harness.url}#/calls?show=all`);
  await expect(page.getByText("Couldn't read the call log.")).toBeVisible();
  harness.failing.clear();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('Calls will appear here.')).toBeVisible();
});

test('says that it reconnects, and brings itself up to date afterwards', async ({ page }) => {
  await page.goto(harness.url);
  await expect(page.locator('[data-call-id]').first()).toBeVisible();
  harness.dropStreams();
  await expect(page.getByText('Reconnecting…')).toBeVisible();
  const asked = harness.asked.length;
  await expect(page.getByText('Reconnecting…')).toBeHidden({ timeout: 10_000 });
  await expect.poll(() => harness.asked.slice(asked).map(({ name }) => name)).toContain('calls.list');
});
