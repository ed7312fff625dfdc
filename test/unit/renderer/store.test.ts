import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EventEnvelope } from '../../../src/preload/contract/events.ts';
import { startLiveUpdates } from '../../../src/renderer/src/state/live-updates.ts';
import { makeApp, settled } from './app-for-tests.ts';
import { changed, makeCall, noonMs, todayMs } from './calls-for-tests.ts';

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
