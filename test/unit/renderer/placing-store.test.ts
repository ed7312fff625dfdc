import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../../src/preload/contract/events.ts';
import { makeApp, settled } from './app-for-tests.ts';
import { changed, makeCall } from './calls-for-tests.ts';

const asks = (app: ReturnType<typeof makeApp>, wanted: string) =>
  app.asked.filter(({ name }) => name === wanted);
const place = { kind: 'voice-bot', via: 'telnyx', to: '(415) 555-0132' } as const;
const number = {
  numberId: 'PN1',
  number: '+14155550100',
  display: '(415) 555-0100',
  label: null,
  state: 'nowhere',
  currentUrl: null,
  wantedUrl: 'https://clinic.example.com/x',
  previousUrl: null,
  note: null,
  snippet: '<Response/>',
};

describe('placing calls', () => {
  it('opens the call that was placed and closes the form', async () => {
    const app = makeApp({ 'calls.place': { call: makeCall('a', { dialState: 'waiting' }) } });
    app.state().setNewCallOpen(true);
    expect(await app.state().placeCall(place)).toBeNull();
    expect(app.state().newCallOpen).toBe(false);
    expect(app.addresses.at(-1)).toBe('#/calls/a');
    expect(app.state().callsById.get('a')?.dialState).toBe('waiting');
  });

  it('keeps the form open with what was wrong', async () => {
    const app = makeApp();
    app.state().setNewCallOpen(true);
    expect(await app.state().placeCall(place)).toMatchObject({ code: 'internal' });
    expect(app.state().newCallOpen).toBe(true);
    expect(app.addresses).toEqual([]);
  });

  it('shows what was decided about a dial at once, and says why it could not be', async () => {
    const app = makeApp({ 'calls.redial': { call: makeCall('a', { dialState: 'dialing' }) } });
    await app.state().redialCall('a');
    expect(app.state().callsById.get('a')?.dialState).toBe('dialing');
    expect(asks(app, 'queue.get')).toHaveLength(1);
    await app.state().cancelCall('a');
    expect(app.state().notice).toBe('no');
  });

  it('asks for the queue again once, however many of its calls changed', async () => {
    const app = makeApp();
    const call = makeCall('a', { kind: 'priority-queue' });
    for (let seq = 1; seq <= 5; seq += 1) app.state().applyPlacing([changed(call, seq)]);
    app.state().applyPlacing([changed(makeCall('b'), 6)]);
    expect(asks(app, 'queue.get')).toHaveLength(0);
    await expect.poll(() => asks(app, 'queue.get').length).toBe(1);
  });

  it('keeps the queue as it was read when it cannot be read again', async () => {
    const answers: Record<string, unknown> = { 'queue.get': { paused: true, current: null, waiting: [] } };
    const app = makeApp(answers);
    await app.state().loadQueue();
    answers['queue.get'] = undefined;
    await app.state().loadQueue();
    expect(app.state()).toMatchObject({ queue: { paused: true }, queueError: { code: 'internal' } });
  });

  it('steers a recording and reads the call again, which tells whether it stands still', async () => {
    const app = makeApp({ 'recordings.steer': { recordingId: 'rec_a' } });
    await app.state().steerRecording('a', 'rec_a', 'pause');
    expect(asks(app, 'recordings.steer')[0]?.input).toEqual({ recordingId: 'rec_a', action: 'pause' });
    expect(asks(app, 'calls.get')).toHaveLength(1);
  });
});

describe('matching by hand', () => {
  it('makes two calls one, opens it, and offers the way back', async () => {
    const app = makeApp({
      'calls.match': { call: makeCall('a', { matchedBy: 'person' }), matchEventKey: 'match_1' },
      'calls.unmatch': { calls: [makeCall('a'), makeCall('lost', { unmatched: true })] },
    });
    app.state().applyCalls([changed(makeCall('lost', { unmatched: true }))]);
    app.state().setMatchingId('lost');
    expect(await app.state().matchCalls('lost', 'a')).toBe(true);
    expect(app.state()).toMatchObject({ matchingId: null, lastMatch: { matchEventKey: 'match_1' } });
    expect(app.state().callsById.has('lost')).toBe(false);
    expect(app.state().route.callId).toBe('a');

    await app.state().unmatchCalls('a', 'match_1');
    expect(app.state().lastMatch).toBeNull();
    expect(app.state().callsById.get('lost')?.unmatched).toBe(true);
    expect(app.addresses).toContain('#/calls/lost');
  });

  it('leaves the choice open when it did not work', async () => {
    const app = makeApp();
    app.state().setMatchingId('lost');
    expect(await app.state().matchCalls('lost', 'a')).toBe(false);
    expect(app.state()).toMatchObject({ matchingId: 'lost', notice: 'no', lastMatch: null });
  });
});

describe('setting up', () => {
  it('keeps what to copy when a number was connected, and what was read when reading fails', async () => {
    const answers: Record<string, unknown> = {
      'providers.numbers': { items: [number] },
      'providers.setNumber': { number: { ...number, state: 'connected', snippet: null } },
    };
    const app = makeApp(answers);
    await app.state().loadNumbers('twilio');
    await app.state().setNumber('twilio', 'PN1', 'connect');
    expect(app.state().numbersById['twilio']).toMatchObject({
      phase: 'answered',
      data: [{ state: 'connected', snippet: '<Response/>' }],
    });
    answers['providers.numbers'] = undefined;
    await app.state().loadNumbers('twilio');
    expect(app.state().numbersById['twilio']).toMatchObject({ phase: 'failed', data: [{ numberId: 'PN1' }] });
  });

  it('shows what a check found, and that it could not be made', async () => {
    const answers: Record<string, unknown> = { 'providers.check': { check: { ok: true, findings: [] } } };
    const app = makeApp(answers);
    await app.state().checkProvider('twilio');
    expect(app.state().checksById['twilio']).toMatchObject({ phase: 'answered', data: { ok: true } });
    answers['providers.check'] = undefined;
    await app.state().checkProvider('twilio');
    expect(app.state().checksById['twilio']).toMatchObject({ phase: 'failed', error: { code: 'internal' } });
  });

  it('reads settings again when they changed elsewhere, but only if somebody looks at them', async () => {
    const app = makeApp({ 'settings.get': { lines: [], keepRefusedUntilMs: null, matching: 'exact' } });
    const change: EventEnvelope = { seq: 1, name: 'system.changed', data: {} };
    app.state().applySetup([change]);
    expect(asks(app, 'settings.get')).toHaveLength(0);
    await app.state().loadSettings();
    app.state().applySetup([change]);
    await settled();
    expect(asks(app, 'settings.get')).toHaveLength(2);
  });

  it('shows a setting as it was changed at once, and as it was stored when that failed', async () => {
    const stored = { lines: [], keepRefusedUntilMs: null, matching: 'exact' };
    const answers: Record<string, unknown> = {
      'settings.get': stored,
      'settings.update': { ...stored, matching: 'auto_unique' },
    };
    const app = makeApp(answers);
    await app.state().loadSettings();
    const change = app.state().updateSettings({ matching: 'auto_unique' });
    expect(app.state().settings?.matching).toBe('auto_unique');
    expect(await change).toBeNull();
    answers['settings.update'] = undefined;
    expect(await app.state().updateSettings({ lines: [{ number: '1', label: 'x' }] })).toMatchObject({
      code: 'internal',
    });
    expect(app.state().settings).toEqual(stored);
  });

  it('warns of a clock that is wrong, and of nothing else that was refused', () => {
    const app = makeApp();
    const refused = (reason: 'clock_skew' | 'bad_signature'): EventEnvelope => ({
      seq: 1,
      name: 'delivery.refused',
      data: {
        refusal: {
          refusalId: 'r',
          atMs: 0,
          providerId: 'telnyx',
          path: '/',
          reason,
          httpStatus: 401,
          sizeBytes: 0,
          headerNames: [],
          bodySha256: null,
          bodyKept: false,
        },
      },
    });
    app.state().applySetup([refused('bad_signature')]);
    expect(app.state().skewedProviderId).toBeNull();
    app.state().applySetup([refused('clock_skew')]);
    expect(app.state().skewedProviderId).toBe('telnyx');
  });
});
