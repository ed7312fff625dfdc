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

interface Screen {
  name: string;
  hash: string;
  width: number;
  /** What is pressed before it is looked at. */
  press?: string;
}

const screens: readonly Screen[] = [
  { name: 'call log', hash: '#/calls/call_1?t=108', width: 1320 },
  { name: 'queue', hash: '#/queue', width: 1320, press: 'Cancel (628) 555-0190' },
  { name: 'checks', hash: '#/polling', width: 1320, press: 'Open calls, regular' },
  { name: 'checks on a small screen', hash: '#/polling', width: 420 },
  { name: 'phone services', hash: '#/services', width: 900, press: 'Check Twilio' },
  { name: 'a call with parts and transcript', hash: '#/calls/joined?t=20', width: 1320 },
  { name: 'a call that nobody can tell was dialled', hash: '#/calls/unknown', width: 900 },
  { name: 'new call', hash: '#/calls', width: 420, press: 'New call' },
  { name: 'match by hand', hash: '#/calls/lost', width: 1320, press: 'Match by hand' },
  { name: 'stopped tasks', hash: '#/trouble', width: 1320, press: 'Try all 3 again' },
  { name: 'live', hash: '#/live', width: 1320 },
  { name: 'a call that needs attention', hash: '#/calls/call_6', width: 900 },
  { name: 'call log on a small screen', hash: '#/calls', width: 420 },
  { name: 'a call on a small screen', hash: '#/calls/call_1?t=3', width: 420 },
];

for (const theme of ['light', 'dark'] as const) {
  for (const { name, hash, width, press } of screens) {
    test(`${name}, ${theme}: accessible, and nothing refused by the CSP`, async ({ page }) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 820 });
      await page.goto(harness.url + hash);
      await expect(page.getByText('Phone service', { exact: true })).toBeAttached();
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
      if (press !== undefined) await page.getByRole('button', { name: press }).first().click();
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

test('places a call without a pointer, and says beside the field what is wrong with it', async ({ page }) => {
  await page.goto(harness.url);
  await page.getByRole('button', { name: 'New call' }).focus();
  await page.keyboard.press('Enter');
  const field = page.getByLabel('Number', { exact: true });
  await expect(field).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(field).toHaveAccessibleDescription(/Type the number to call\./);
  await page.keyboard.type('555 12');
  await page.keyboard.press('Enter');
  await expect(field).toHaveAccessibleDescription(/not a phone number that can be dialled/);
  await expect(field).toBeFocused();
  expect(harness.asked.filter(({ name }) => name === 'calls.place')).toHaveLength(1);
  await field.fill('(415) 555-0144');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'Priority queue' })).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('heading', { name: '(415) 555-0144' })).toBeVisible();
  await expect(page.getByText('This call waits for its turn in the queue.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'To call 4 waiting' })).toBeVisible();
});

test('says what is missing while no phone service can place calls', async ({ page }) => {
  for (const provider of harness.status.providers) provider.vias = [];
  await page.goto(harness.url);
  await expect(page.getByText('Phone service', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'New call' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('LIVEKIT_API_SECRET')).toBeVisible();
  await expect(dialog.getByText(/shown once, when the key is made/)).toBeVisible();
  await dialog.getByRole('link', { name: 'Open Phone services' }).click();
  await expect(page).toHaveURL(/#\/services$/);
});

test('takes a call out of the queue after asking once more, and pauses the queue', async ({ page }) => {
  await page.goto(`${harness.url}#/queue`);
  const rows = page.getByRole('region', { name: 'Waiting' }).getByRole('listitem');
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toContainText('(628) 555-0190');
  await page.getByRole('button', { name: 'Cancel (628) 555-0190' }).press('Enter');
  // The safe answer has the focus.
  await page.keyboard.press('Enter');
  await expect(rows).toHaveCount(3);
  await page.getByRole('button', { name: 'Cancel (628) 555-0190' }).press('Enter');
  await page.getByRole('button', { name: 'Take out' }).click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused. A call that goes on is not touched.')).toBeVisible();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('dials again when a person says so', async ({ page }) => {
  await page.goto(`${harness.url}#/calls/unknown`);
  await expect(page.getByText(/^Nobody knows whether this call was placed\./)).toBeVisible();
  await page.getByRole('button', { name: 'Dial again' }).click();
  await expect(page.getByText('Telnyx is asked to place this call.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Dial again' })).toBeHidden();
});

test('matches a recording by hand, and undoes it', async ({ page }) => {
  await page.goto(`${harness.url}#/calls/lost?show=attention`);
  await page.getByRole('button', { name: 'Match by hand' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Same number')).toBeVisible();
  await dialog.getByLabel('Find another call').fill('(415) 555-0177');
  await dialog.getByRole('button', { name: /^Match with \(415\) 555-0177/ }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { name: '(415) 555-0177' })).toBeVisible();
  await expect(page.getByText(/^Matched by a person/)).toBeVisible();
  await expect(page.locator('[data-call-id="lost"]')).toHaveCount(0);
  await page.getByRole('status', { name: 'Matched' }).getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('[data-call-id="lost"]')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Match by hand' })).toBeVisible();
});

test('starts, pauses, resumes and stops the recording of a live call', async ({ page }) => {
  await page.goto(`${harness.url}#/calls/placed_now`);
  await page.getByRole('button', { name: 'Start recording' }).click();
  await page.getByRole('button', { name: 'Pause recording' }).click();
  await expect(page.getByText('What is said now is not recorded.')).toBeVisible();
  await page.getByRole('button', { name: 'Resume recording' }).click();
  await page.getByRole('button', { name: 'Stop recording' }).click();
  await expect(page.getByText(/is preparing the recording/)).toBeVisible();
  const steered = harness.asked.filter(({ name }) => name === 'recordings.steer');
  expect(steered.map(({ input }) => (input as { action: string }).action)).toEqual([
    'pause',
    'resume',
    'stop',
  ]);
});

test('jumps to a line of the transcript and marks the one being spoken', async ({ page }) => {
  await page.goto(`${harness.url}#/calls/joined?t=1`);
  const lines = page.getByRole('list', { name: 'Transcript' }).getByRole('button');
  await expect(lines.first()).toHaveAttribute('aria-current', 'true');
  await lines.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(lines.nth(2)).toHaveAttribute('aria-current', 'true');
  await expect(page.getByRole('slider')).toHaveAttribute('aria-valuetext', /^9 seconds of 4 minutes 7/);
});

test('connects a number and puts it back, names a line and changes how calls are matched', async ({
  page,
}) => {
  await page.goto(`${harness.url}#/services`);
  await page.getByRole('button', { name: 'Connect (415) 555-0101' }).click();
  await expect(page.getByText('Before: https://crm.example.org/hooks/calls?clinic=bayview')).toBeVisible();
  await page.getByRole('button', { name: 'Put back (415) 555-0101' }).click();
  await expect(page.getByText('https://crm.example.org/hooks/calls?clinic=bayview')).toBeVisible();
  await page.getByRole('button', { name: 'Add line' }).click();
  await expect(page.getByLabel('Number', { exact: true })).toBeFocused();
  await page.keyboard.type('+1 628 555 0111');
  await page.getByLabel('Name', { exact: true }).fill('Lab');
  await page.keyboard.press('Enter');
  await expect(page.getByText('+16285550111')).toBeVisible();
  await page.getByRole('listitem').filter({ hasText: 'Lab' }).getByRole('checkbox').check();
  await page.getByLabel('Match by number and time when only one call fits').check();
  await expect
    .poll(() => harness.placing.settings)
    .toMatchObject({
      matching: 'auto_unique',
      lines: [{}, {}, { number: '+16285550111', label: 'Lab', record: true }],
    });
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

test('tries one stopped task again, then all that are left of a phone service', async ({ page }) => {
  await page.goto(harness.url);
  await page.getByRole('contentinfo').getByRole('link', { name: '1 task stopped' }).click();
  await expect(page).toHaveURL(/#\/trouble$/);
  await expect(page.getByText('3 tasks stopped.')).toBeVisible();
  await page.getByRole('button', { name: /^Try again: Drawing/ }).click();
  await expect
    .poll(() => harness.asked.filter(({ name }) => name === 'jobs.retry'))
    .toMatchObject([{ input: { jobId: 'job_1' } }]);
  await page.getByRole('button', { name: 'Try all 3 again' }).click();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await expect(page.getByText('3 tasks will be tried again.')).toBeVisible();
  await expect(page.getByText('Nothing has stopped.')).toBeVisible();
  expect(harness.asked.findLast(({ name }) => name === 'jobs.retryAll')?.input).toEqual({ filter: {} });
});
