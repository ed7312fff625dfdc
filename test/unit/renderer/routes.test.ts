import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute } from '../../../src/renderer/src/state/routes.ts';

describe('routes', () => {
  it.each([
    '#/live',
    '#/queue',
    '#/services',
    '#/calls',
    '#/calls?show=all',
    '#/calls/abc?t=108',
    '#/calls/a%2Fb?show=attention',
  ])('reads and writes %s', (hash) => expect(formatRoute(parseRoute(hash))).toBe(hash));

  it('takes anything unknown as the call log', () => {
    for (const hash of ['', '#', '#/nowhere/x', '#/calls?show=evil&t=-1', '#/calls/%E0%A4%A']) {
      expect(parseRoute(hash)).toMatchObject({ view: 'calls', show: 'today', atSeconds: null });
    }
  });
});
