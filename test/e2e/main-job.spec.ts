// The main job on the built product, as a person sees it: a call appears, ends, its recording turns to Saved and plays.
import { type Page, expect, test } from 'playwright/test';
import { eventually, type Product, startProduct, temporaryDir } from '../product.ts';

interface DeckProbe {
  /** Levels of both sides after their gains, then each side's strongest tone in Hz. */
  analyser(): number[];
  currentTimeMs(): number;
  playing(): boolean;
}

let product: Product;
let removeDir: () => Promise<void>;

test.beforeAll(async () => {
  const { dir, remove } = await temporaryDir();
  removeDir = remove;
  product = await startProduct({
    dataDir: dir,
    args: ['--sandbox'],
    env: { TAPEDECK_TIME_SCALE: '15', TAPEDECK_SANDBOX_HISTORY: '0', TAPEDECK_SANDBOX_AUTOPILOT: '0' },
  });
});

test.afterAll(async () => {
  await product.stop();
  await removeDir();
});

/** Everything the page complained about; CSP violations arrive as console errors. */
function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(message.text());
  });
  page.on('pageerror', (error) => heard.push(String(error)));
  return heard;
}

async function probe<T>(page: Page, read: (deck: DeckProbe) => T): Promise<T> {
  return page.evaluate(`(${read.toString()})(window.__tapedeckDeck)`) as Promise<T>;
}

/** Loudness of what is heard of each side, as the loudest of several looks: speech has pauses. */
async function loudness(page: Page): Promise<{ clinic: number; caller: number }> {
  let clinic = 0;
  let caller = 0;
  for (let i = 0; i < 60; i++) {
    const [first = 0, second = 0] = await probe(page, (deck) => deck.analyser());
    clinic = Math.max(clinic, first);
    caller = Math.max(caller, second);
    await page.waitForTimeout(100);
  }
  return { clinic, caller };
}

test('a call is seen live, ends, turns to Saved, and plays with each side apart', async ({ page }) => {
  const heard = complaints(page);
  await page.goto(product.consoleUrl);
  await expect(page.getByText('Calls will appear here')).toBeVisible();

  await product.call('sandbox.place', { count: 1, talkMs: 60_000, direction: 'inbound' });
  const row = page
    .getByRole('grid')
    .getByRole('row')
    .filter({ hasText: /Incoming|Outgoing/ });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Recording now');
  await expect(row).toContainText('Saved', { timeout: 30_000 });

  await row.click();
  await page.getByRole('button', { name: 'Play', exact: true }).first().click();
  await expect.poll(() => probe(page, (deck) => deck.playing())).toBe(true);
  const firstMs = await probe(page, (deck) => deck.currentTimeMs());
  await expect.poll(() => probe(page, (deck) => deck.currentTimeMs())).toBeGreaterThan(firstMs + 500);

  const audible = 0.005;
  const both = await loudness(page);
  expect(both.clinic).toBeGreaterThan(audible);
  expect(both.caller).toBeGreaterThan(audible);

  await page.getByRole('radio', { name: 'Clinic' }).click();
  await page.waitForTimeout(200);
  const clinicOnly = await loudness(page);
  expect(clinicOnly.clinic).toBeGreaterThan(audible);
  expect(clinicOnly.caller).toBeLessThan(audible / 10);

  await page.getByRole('radio', { name: 'Caller' }).click();
  await page.waitForTimeout(200);
  const callerOnly = await loudness(page);
  expect(callerOnly.caller).toBeGreaterThan(audible);
  expect(callerOnly.clinic).toBeLessThan(audible / 10);

  const slider = page.getByRole('slider', { name: 'Position in the recording' });
  await expect(slider).toHaveAttribute('aria-valuetext', /second/);
  // A seek to 80 % stays there and goes on from there.
  const box = await slider.boundingBox();
  if (box === null) throw new Error('the slider is not shown');
  await page.mouse.click(box.x + box.width * 0.8, box.y + box.height / 2);
  const durationMs = await page
    .evaluate(() => document.querySelector('audio')?.duration ?? 0)
    .then((seconds) => seconds * 1000);
  await page.waitForTimeout(600);
  const afterSeekMs = await probe(page, (deck) => deck.currentTimeMs());
  expect(afterSeekMs / durationMs).toBeGreaterThan(0.78);
  expect(heard).toEqual([]);
});

test('thirty calls at once, every callback twice and out of order, end as thirty calls with one saved recording each', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const heard = complaints(page);
  const before = await product.call('calls.count', {});
  await page.goto(
    (await eventually('a fresh code', async () => product.call('sandbox.status', {}))).url ?? '',
  );
  await product.call('sandbox.place', { count: 30, talkMs: 45_000, duplicate: true, shuffle: true, seed: 7 });
  await eventually(
    'all recordings stored',
    async () => {
      const { items } = await product.call('calls.list', { limit: 200 });
      return items.length === before.total + 30 && items.every((call) => call.recordingStatus === 'stored');
    },
    90_000,
  );
  const { items } = await product.call('calls.list', { limit: 200 });
  for (const call of items) {
    expect(call.recordingCount).toBe(1);
    expect(call.status).toBe('completed');
  }
  const deliveries = await product.call('deliveries.list', { limit: 200 });
  expect(deliveries.items.filter((delivery) => delivery.repeats >= 1).length).toBeGreaterThan(100);
  const rebuilt = await product.call('system.rebuild', {});
  expect(rebuilt.differences).toBe(0);

  const rows = page.getByRole('grid').getByRole('row').filter({ hasText: 'Saved' });
  await expect(rows.first()).toBeVisible();
  await expect(page.getByText(`${before.total + 30} calls`)).toBeVisible();
  await rows.nth(2).click();
  await page.getByRole('button', { name: 'Play', exact: true }).first().click();
  await expect.poll(() => probe(page, (deck) => deck.currentTimeMs())).toBeGreaterThan(1500);

  // The README's pictures come from this run.
  const folder = process.env['TAPEDECK_SCREENSHOTS'] ?? 'test-results/screenshots';
  await page.setViewportSize({ width: 1320, height: 820 });
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.waitForTimeout(200);
    await page.screenshot({ path: `${folder}/console-${theme}.png` });
  }
  expect(heard).toEqual([]);
});
