import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '../../../src/renderer/src/client/http-client.ts';
import { logItems, liveItems } from '../../../src/renderer/src/views/call-items.ts';
import { followView, zoomed } from '../../../src/renderer/src/views/lane-view.ts';
import { makeCall, noonMs, todayMs } from './calls-for-tests.ts';

const day = 86_400_000;

describe('list lines', () => {
  it('puts a heading wherever a new day begins', () => {
    const calls = [
      makeCall('a'),
      makeCall('b', { startedAtMs: todayMs + 1 }),
      makeCall('c', { startedAtMs: todayMs - 1 }),
    ];
    const items = logItems(
      ['a', 'b', 'c', 'unknown'],
      new Map(calls.map((call) => [call.callId, call])),
      noonMs,
    );
    expect(items.map((item) => ('label' in item ? item.label : item.callId))).toEqual([
      'Today, Saturday 21 November',
      'a',
      'b',
      'Yesterday, Friday 20 November',
      'c',
    ]);
    expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
  });

  it('shows each call in one part of Live, and ended ones for a minute', () => {
    const calls = new Map(
      [
        makeCall('live', { endedAtMs: null }),
        makeCall('ended', { endedAtMs: noonMs - 30_000 }),
        makeCall('older'),
      ].map((call) => [call.callId, call]),
    );
    const lists = { liveIds: ['live'], endedIds: ['ended'], todayIds: ['live', 'ended', 'older'] };
    const told = (nowMs: number) =>
      liveItems(lists, calls, nowMs, 1, 3).map((item) => ('label' in item ? item.label : item.callId));
    expect(told(noonMs)).toEqual(['1 call now', 'live', 'Just ended', 'ended', 'Calls today, 3', 'older']);
    expect(told(noonMs + 31_000)).toEqual(['1 call now', 'live', 'Calls today, 3', 'ended', 'older']);
    expect(liveItems({ liveIds: [], endedIds: [], todayIds: [] }, calls, noonMs + day, 1, 0)).toHaveLength(2);
  });
});

describe('lane view', () => {
  const whole = { fromMs: 0, toMs: 100_000 };

  it('zooms around a moment and stays inside the recording', () => {
    expect(zoomed(whole, 0.5, 50_000, 100_000)).toEqual({ fromMs: 25_000, toMs: 75_000 });
    expect(zoomed(whole, 0.5, 100_000, 100_000)).toEqual({ fromMs: 50_000, toMs: 100_000 });
    expect(zoomed({ fromMs: 0, toMs: 50_000 }, 9, 10_000, 100_000)).toEqual(whole);
    expect(zoomed(whole, 0.0001, 0, 100_000).toMs).toBe(4_000);
  });

  it('turns the page when the playhead leaves it, and only then', () => {
    const view = { fromMs: 0, toMs: 10_000 };
    expect(followView(view, 5_000, 100_000)).toBe(view);
    expect(followView(view, 12_000, 100_000)).toEqual({ fromMs: 11_500, toMs: 21_500 });
    expect(followView(view, 99_999, 100_000)).toEqual({ fromMs: 90_000, toMs: 100_000 });
  });
});

describe('event stream', () => {
  it('takes our envelopes and nothing else', () => {
    expect(parseEnvelope('{"seq":1,"name":"reset","data":{}}')).toEqual({ seq: 1, name: 'reset', data: {} });
    for (const text of [
      '',
      'null',
      '{}',
      '{"seq":"1","name":"reset","data":{}}',
      '{"seq":1,"name":"x","data":{}}',
    ]) {
      expect(parseEnvelope(text)).toBeNull();
    }
  });
});
