import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EventEnvelope } from '../../../src/preload/contract/events.ts';
import { startLiveUpdates } from '../../../src/renderer/src/state/live-updates.ts';
import { parseRoute } from '../../../src/renderer/src/state/routes.ts';
import { createAppStore } from '../../../src/renderer/src/state/store.ts';
import { changed, createFakeClient, createFakeDeck, makeCall, noonMs, todayMs } from './calls-for-tests.ts';

const counts = { total: 2, live: 0, needsAttention: 0, cap: 1_000 };
const playback = {
  url: '/media/rec_a',
  contentType: 'audio/wav',
  durationMs: 100_000,
  channels: 2,
  peaks: null,
};

function makeApp(answers: Record<string, unknown> = {}) {
  const calls = [makeCall('b', { startedAtMs: noonMs - 1_000 }), makeCall('a')];
  const fake = createFakeClient((name) => {
    if (name in answers) return answers[name];
    if (name === 'calls.list') return { items: calls, nextCursor: null };
    if (name === 'calls.count') return counts;
    if (name === 'recordings.playback') return playback;
    if (name === 'calls.get') return { call: calls[1], recordings: [], keys: [], timeline: [] };
    return undefined;
  });
  const deck = createFakeDeck();
  const remembered = new Map<string, string>();
  const addresses: string[] = [];
  const store = createAppStore(
    fake.client,
    {
      wallNow: () => noonMs,
      goTo: (url) => void addresses.push(url),
      navigate: (hash) => void addresses.push(hash),
      memory: {
        read: (name) => remembered.get(name) ?? null,
        write: (name, value) => void remembered.set(name, value),
      },
      deck: deck.deck,
      readPeaks: async () => null,
    },
    parseRoute('#/calls'),
  );
  return { ...fake, ...deck, store, remembered, addresses, state: () => store.getState() };
}

const settled = () => new Promise((done) => setTimeout(done, 0));

afterEach(() => vi.useRealTimers());

describe('store', () => {
  it('reads a list, shows it again at once, and says why it could not', async () => {
    const app = makeApp();
    app.state().openList({ show: 'all', q: '', todayMs });
    await settled();
    expect(app.state().lists[app.state().listKey]).toMatchObject({ phase: 'ready', ids: ['b', 'a'] });
    app.state().openList({ show: 'attention', q: '', todayMs });
    app.state().openList({ show: 'all', q: '', todayMs });
    expect(app.state().lists[app.state().listKey]?.ids).toEqual(['b', 'a']);

    const failing = makeApp({ 'calls.list': undefined });
    failing.state().openList({ show: 'all', q: '', todayMs });
    await settled();
    expect(failing.state().lists[failing.state().listKey]).toMatchObject({
      phase: 'failed',
      error: { code: 'internal' },
    });
  });

  it('shows held calls when asked, or when the list is back at its top', async () => {
    const app = makeApp();
    app.state().openList({ show: 'all', q: '', todayMs });
    await settled();
    app.state().setAtTop(false);
    app.state().applyCalls([changed(makeCall('new', { startedAtMs: noonMs }))]);
    const list = () => app.state().lists[app.state().listKey];
    expect(list()?.heldIds).toEqual(['new']);
    app.state().setAtTop(true);
    expect(list()?.ids).toEqual(['new', 'b', 'a']);
    expect(list()?.heldIds).toEqual([]);
  });

  it('follows a merged id to the call it became', async () => {
    const app = makeApp();
    app.state().go({ ...app.state().route, callId: 'old' });
    await app.state().loadDetail('old');
    expect(app.state().route.callId).toBe('a');
    expect(app.addresses.at(-1)).toBe('#/calls/a');
  });

  it('never lets a progress bar go backwards and forgets it when the recording is stored', () => {
    const app = makeApp();
    const progress = (receivedBytes: number): EventEnvelope => ({
      seq: 1,
      name: 'recording.progress',
      data: { recordingId: 'rec_a', callId: 'a', receivedBytes, totalBytes: 100 },
    });
    app.state().applySystem([progress(60), progress(40)]);
    expect(app.state().progressById['rec_a']).toBe(0.6);
  });

  it('leaves for the sample console when it is ready, and says so when it is not', async () => {
    const app = makeApp({ 'sandbox.enter': { running: true, url: 'http://127.0.0.1:1/', callsPlaced: 0 } });
    await app.state().enterSandbox();
    expect(app.addresses).toEqual(['http://127.0.0.1:1/']);
    const failing = makeApp();
    await failing.state().enterSandbox();
    expect(failing.state().notice).toBe('no');
    expect(failing.state().sandboxBusy).toBe(false);
  });

  it('remembers the theme', () => {
    const app = makeApp();
    app.state().setTheme('dark');
    expect(app.remembered.get('theme')).toBe('dark');
  });
});

describe('player', () => {
  const what = (id: string) => ({ recordingId: `rec_${id}`, callId: id, providerId: 'twilio' });

  it('keeps the position of each call', async () => {
    const app = makeApp();
    await app.state().load(what('a'), { play: true });
    app.state().seek(42_000);
    await app.state().load(what('b'), { play: true });
    await app.state().load(what('a'), { play: false });
    expect(app.told.filter(([name]) => name === 'load').map(([, , , startMs]) => startMs)).toEqual([
      0, 0, 42_000,
    ]);
  });

  it('keeps seeks inside the recording', async () => {
    const app = makeApp();
    await app.state().load(what('a'), { play: false });
    app.state().seekBy(-5_000);
    expect(app.deck.currentTimeMs()).toBe(0);
    app.state().seek(1e9);
    expect(app.deck.currentTimeMs()).toBe(100_000);
  });

  it('plays one side alone, the other channel once swapped, and remembers that per phone service', async () => {
    const app = makeApp();
    await app.state().load(what('a'), { play: false });
    app.state().setSide('clinic');
    app.state().swapSides();
    expect(app.told.filter(([name]) => name === 'solo').map(([, solo]) => solo)).toEqual(['both', 0, 1]);
    expect(app.remembered.get('swapped:twilio')).toBe('yes');
  });

  it('has no sides where there is one channel', async () => {
    const app = makeApp({ 'recordings.playback': { ...playback, channels: 1 } });
    await app.state().load(what('a'), { play: false });
    app.state().nextSide();
    expect(app.state().side).toBe('both');
  });

  it('says why there is no sound', async () => {
    const app = makeApp({ 'recordings.playback': undefined });
    await app.state().load(what('a'), { play: true });
    expect(app.state().loaded).toMatchObject({ phase: 'failed', problem: 'no' });
  });

  it('steps through the speeds and stops at the ends', () => {
    const app = makeApp();
    for (let step = 0; step < 20; step += 1) app.state().stepRate(1);
    expect(app.state().rate).toBe(3);
    for (let step = 0; step < 20; step += 1) app.state().stepRate(-1);
    expect(app.state().rate).toBe(0.75);
  });
});

describe('live updates', () => {
  function listening() {
    const app = makeApp();
    const frames: (() => void)[] = [];
    startLiveUpdates(app.client, app.store, (flush) => void frames.push(flush));
    const listeners = app.listeners();
    if (listeners === null) throw new Error('nobody listens');
    return { ...app, frames, hear: listeners.onEvent, connect: listeners.onConnection };
  }
  const lists = (app: ReturnType<typeof listening>) =>
    app.asked.filter(({ name }) => name === 'calls.list').length;

  it('changes the state once per frame, however many events came', () => {
    const app = listening();
    let changes = 0;
    app.store.subscribe((state, before) => {
      if (state.callsById !== before.callsById) changes += 1;
    });
    for (let seq = 1; seq <= 50; seq += 1) app.hear(changed(makeCall(`c${seq}`), seq));
    expect(app.frames).toHaveLength(1);
    app.frames[0]?.();
    expect(changes).toBe(1);
    expect(app.state().callsById.size).toBe(50);
  });

  it('asks for everything again after a reset, a gap and a lost connection', async () => {
    const app = listening();
    app.state().openList({ show: 'all', q: '', todayMs });
    await settled();
    let before = lists(app);
    const asksAgain = () => {
      app.frames.splice(0).forEach((flush) => flush());
      const grew = lists(app) > before;
      before = lists(app);
      return grew;
    };
    app.hear(changed(makeCall('a'), 1));
    expect(asksAgain()).toBe(false);
    app.hear({ seq: 2, name: 'reset', data: {} });
    expect(asksAgain()).toBe(true);
    app.hear(changed(makeCall('a'), 7));
    expect(asksAgain()).toBe(true);
    app.connect('lost');
    expect(app.state().connection).toBe('lost');
    app.connect('live');
    expect(asksAgain()).toBe(true);
  });

  it('says what was saved in one sentence, at most every 5 seconds', () => {
    vi.useFakeTimers();
    const app = listening();
    const stored = (recordingId: string, seq: number): EventEnvelope => ({
      seq,
      name: 'recording.changed',
      data: {
        recording: {
          recordingId,
          callId: 'a',
          providerId: 'twilio',
          providerRecordingId: 'RE1',
          status: 'stored',
          durationMs: 1,
          channels: 2,
          sizeBytes: 1,
          sha256: null,
          contentType: null,
          startedAtMs: null,
          storedAtMs: null,
          reason: null,
          providerCode: null,
          flags: [],
        },
      },
    });
    app.hear(stored('one', 1));
    app.hear(stored('two', 2));
    app.frames.splice(0).forEach((flush) => flush());
    vi.advanceTimersByTime(0);
    expect(app.state().announcement).toBe('2 recordings saved');
    app.hear(stored('three', 3));
    app.frames.splice(0).forEach((flush) => flush());
    vi.advanceTimersByTime(4_900);
    expect(app.state().announcement).toBe('2 recordings saved');
    vi.advanceTimersByTime(200);
    expect(app.state().announcement).toBe('1 recording saved');
  });
});

describe('addresses', () => {
  it('never holds what was typed', () => {
    const app = makeApp();
    app.state().setSearch('4155550132');
    app.state().go({ ...app.state().route, show: 'all' });
    expect(app.addresses.join()).not.toContain('4155550132');
  });
});

describe('races', () => {
  it('does not let a late answer undo what was told meanwhile', async () => {
    const app = makeApp();
    app.state().openList({ show: 'all', q: '', todayMs });
    app
      .state()
      .applyCalls([
        changed(makeCall('a', { recordingStatus: 'failed' }), 1),
        changed(makeCall('new', { startedAtMs: noonMs }), 2),
      ]);
    await settled();
    expect(app.state().lists[app.state().listKey]?.ids).toEqual(['new', 'b', 'a']);
    expect(app.state().callsById.get('a')?.recordingStatus).toBe('failed');
  });

  it('forgets live calls that ended while the connection was lost', async () => {
    const app = makeApp({ 'calls.list': { items: [], nextCursor: null } });
    app.state().applyCalls([changed(makeCall('gone', { status: 'in_progress', endedAtMs: null }))]);
    expect(app.state().liveIds).toEqual(['gone']);
    await app.state().loadLive();
    expect(app.state().liveIds).toEqual([]);
  });
});
