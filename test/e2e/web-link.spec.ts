// The web link in the console: the status bar names trouble with the one thing to do, Phone services says the rest.
import { AxeBuilder } from '@axe-core/playwright';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import type { WebLinkView } from '../../src/preload/contract/system.ts';
import { buildRenderer } from './renderer-harness/build.ts';
import { type Harness, startHarness } from './renderer-harness/server.ts';

let dir: string;
let harness: Harness;

test.beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tapedeck-web-link-'));
  await buildRenderer(dir);
});
test.afterAll(() => rm(dir, { recursive: true, force: true }));
test.beforeEach(async () => {
  harness = await startHarness(dir);
});
test.afterEach(() => harness.close());

function become(change: Partial<WebLinkView>): void {
  const { webhooks } = harness.status;
  harness.status.webhooks = { ...webhooks, link: { ...webhooks.link, ...change } };
  harness.emit({ name: 'system.changed', data: {} });
}

const looks: readonly [string, Partial<WebLinkView>][] = [
  ['up', {}],
  ['connecting', { state: 'connecting', publicUrl: null, lastProbeAtMs: null }],
  ['unreachable', { state: 'unreachable', code: 'web_link_unreachable' }],
  ['taken', { state: 'down', code: 'web_link_taken', providerCode: 'ERR_NGROK_334' }],
  ['refused', { state: 'failed', code: 'web_link_refused', providerCode: 'ERR_NGROK_4018', publicUrl: null }],
  ['own address', { kind: 'fixed', state: 'unreachable', code: 'web_link_taken' }],
  ['none', { kind: 'none', state: 'off', publicUrl: null, lastProbeAtMs: null }],
];

for (const theme of ['light', 'dark'] as const) {
  for (const [name, change] of looks) {
    test(`the web link, ${name}, ${theme}: accessible`, async ({ page }) => {
      become(change);
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width: 1000, height: 700 });
      await page.goto(`${harness.url}#/services`);
      await expect(page.getByRole('region', { name: 'Web link' })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
      const folder = process.env['TAPEDECK_LOOKS'];
      if (folder !== undefined) await page.screenshot({ path: join(folder, `link-${name}-${theme}.png`) });
    });
  }
}

test('turns while it is looked at, and is made anew from the status bar without a pointer', async ({
  page,
}) => {
  await page.goto(harness.url);
  const bar = page.getByRole('contentinfo', { name: 'Status' });
  await expect(bar.getByRole('link', { name: 'Web link' })).toBeVisible();
  await expect(bar.getByRole('button')).toHaveCount(0);
  become({ state: 'unreachable', code: 'web_link_unreachable' });
  await expect(bar.getByText('Nobody can reach Tapedeck')).toBeVisible();
  become({ state: 'up', code: null });
  await expect(bar.getByRole('link', { name: 'Web link' })).toBeVisible();
  become({ state: 'down', code: 'network_failed' });
  const reconnect = bar.getByRole('button', { name: 'Reconnect web link' });
  await reconnect.focus();
  harness.status.webhooks.link = { ...harness.status.webhooks.link, state: 'up', code: null };
  await page.keyboard.press('Enter');
  await expect(reconnect).toBeHidden();
  expect(harness.asked.some(({ name }) => name === 'webLink.reconnect')).toBe(true);
  await bar.getByRole('link', { name: 'Web link' }).press('Enter');
  await expect(page).toHaveURL(/#\/services$/);
  const section = page.getByRole('region', { name: 'Web link' });
  await section.getByRole('button', { name: 'Check web link' }).click();
  await expect.poll(() => harness.asked.some(({ name }) => name === 'webLink.probe')).toBe(true);
});
