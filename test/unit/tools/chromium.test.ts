import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { chromiumCandidates, findChromium } from '../../../tools/chromium.ts';

const dir = mkdtempSync(join(tmpdir(), 'tapedeck-chromium-'));
const before = process.env['TAPEDECK_CHROMIUM'];
beforeEach(() => {
  delete process.env['TAPEDECK_CHROMIUM'];
});
afterEach(() => {
  if (before === undefined) delete process.env['TAPEDECK_CHROMIUM'];
  else process.env['TAPEDECK_CHROMIUM'] = before;
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('looks at TAPEDECK_CHROMIUM first, then at the system, then at what Playwright downloaded', () => {
  const candidates = chromiumCandidates({ TAPEDECK_CHROMIUM: '/named' }, '/own');
  expect(candidates[0]).toBe('/named');
  expect(candidates.slice(1, 4)).toEqual([
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]);
  expect(candidates.at(-1)).toBe('/own');
});

test('an empty TAPEDECK_CHROMIUM names nothing', () => {
  expect(chromiumCandidates({ TAPEDECK_CHROMIUM: '' }, '/own')[0]).toBe('/usr/bin/chromium');
});

test('takes the browser that TAPEDECK_CHROMIUM names', () => {
  const browser = join(dir, 'browser');
  writeFileSync(browser, '#!/bin/sh\n');
  chmodSync(browser, 0o755);
  process.env['TAPEDECK_CHROMIUM'] = browser;
  expect(findChromium({ install: false })).toBe(browser);
});

test('says so when TAPEDECK_CHROMIUM names nothing that runs, rather than taking another', () => {
  process.env['TAPEDECK_CHROMIUM'] = join(dir, 'absent');
  expect(() => findChromium({ install: false })).toThrow(`TAPEDECK_CHROMIUM names ${join(dir, 'absent')}`);
});
