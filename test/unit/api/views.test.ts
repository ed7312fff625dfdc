import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toTimeline } from '../../../src/main/api/timeline.ts';
import { createViews, recordingView } from '../../../src/main/api/views.ts';
import { foldCall } from '../../../src/main/domain/call.ts';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import type { StoredEvent } from '../../../src/main/store/store.ts';
import { callView, timelineEntry } from '../../../src/preload/contract/calls.ts';
import { recordingView as recordingShape } from '../../../src/preload/contract/recordings.ts';
import type { CallDirection } from '../../../src/preload/contract/calls.ts';
import { callEvent, recordingEvent } from './store-parts.ts';

const startMs = 1_700_000_000_000;
const stored = (event: DomainEvent, recordedAtMs: number): StoredEvent => ({
  event,
  deliveryId: 'dlv_1',
  source: 'webhook',
  recordedAtMs,
});

const lines = [{ number: '+14155550100', label: 'Front desk' }];
function view(direction: CallDirection, from: string | undefined, to: string | undefined) {
  const facts = { direction, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const { call } = foldCall('call_1', [callEvent('CA1', 'call.started', startMs, facts)], recordingIdOf);
  return callView.strict().parse(createViews(() => ({ lines }), 'US').call(call));
}

test('the other party is the caller of an inbound call and the called number of an outbound one', () => {
  expect(view('inbound', '+14155550132', '+14155550100')).toMatchObject({
    otherParty: { number: '+14155550132', display: '(415) 555-0132' },
    line: { number: '+14155550100', display: '(415) 555-0100', label: 'Front desk' },
  });
  expect(view('outbound', '+14155550101', '+442079460018')).toMatchObject({
    otherParty: { number: '+442079460018', display: '+44 20 7946 0018' },
    line: { number: '+14155550101', label: null },
  });
  expect(view('inbound', undefined, '+14155550100')).toMatchObject({
    otherParty: null,
    line: { label: 'Front desk' },
  });
});

test('where the provider does not say the direction, a named line tells which side is ours', () => {
  expect(view('unknown', '+14155550100', '+14155550132')).toMatchObject({
    otherParty: { number: '+14155550132' },
    line: { number: '+14155550100' },
  });
  expect(view('unknown', '+14155550132', '+14155550100')).toMatchObject({
    otherParty: { number: '+14155550132' },
    line: { number: '+14155550100' },
  });
  expect(view('unknown', '+14155550132', '+14155550133')).toMatchObject({
    otherParty: { number: '+14155550132' },
    line: null,
  });
});

test('a renamed line shows at once', () => {
  let current = lines;
  const views = createViews(() => ({ lines: current }), 'US');
  const { call } = foldCall(
    'call_1',
    [callEvent('CA1', 'call.started', startMs, { direction: 'inbound', to: '+14155550100' })],
    recordingIdOf,
  );
  expect(views.call(call).line?.label).toBe('Front desk');
  current = [{ number: '+14155550100', label: 'Billing' }];
  expect(views.call(call).line?.label).toBe('Billing');
});

test('a recording is shown without its file name and the account that holds it', () => {
  const available = recordingEvent('CA1', 'recording.available', startMs, {
    providerRecordingId: 'RE1',
    providerAccountId: 'AC-secret',
    durationMs: 5_000,
  });
  const { recordings } = foldCall('call_1', [available], recordingIdOf);
  const [shown] = recordings.map(recordingView);
  expect(recordingShape.strict().parse(shown)).toMatchObject({ status: 'available', durationMs: 5_000 });
  expect(JSON.stringify(shown)).not.toContain('AC-secret');
});

test('the timeline tells of the call at its own time and of the recording when we learnt it', () => {
  const recordingId = recordingIdOf('twilio', 'RE1');
  const head = { providerId: 'twilio', sequence: 0, keys: [] };
  const events: StoredEvent[] = [
    stored(
      { ...head, eventKey: 'minted', kind: 'call.minted', occurredAtMs: 0, data: { callId: 'call_1' } },
      startMs + 1,
    ),
    stored(callEvent('CA1', 'call.started', startMs, {}), startMs + 300),
    stored(callEvent('CA1', 'call.ended', startMs + 60_000, { status: 'completed' }), startMs + 99_000),
    // Twilio dates this with the moment at which the recording began.
    stored(
      recordingEvent('CA1', 'recording.available', startMs + 2_000, { providerRecordingId: 'RE1' }),
      startMs + 70_000,
    ),
    stored(
      recordingEvent('CA1', 'recording.started', startMs + 1_000, { providerRecordingId: 'RE1' }),
      startMs + 5_000,
    ),
    stored(
      {
        ...head,
        eventKey: 'own stored',
        kind: 'recording.stored',
        occurredAtMs: startMs + 71_000,
        data: {
          providerRecordingId: 'RE1',
          durationMs: 1,
          channels: 2,
          sizeBytes: 4_321,
          sha256: '',
          contentType: 'audio/wav',
          fileName: 'x',
          flags: [],
        },
      },
      startMs + 71_100,
    ),
  ];
  const { recordings } = foldCall(
    'call_1',
    events.map(({ event }) => event),
    recordingIdOf,
  );
  const told = toTimeline(events, recordings);
  expect(
    told.map(({ kind, atMs, recordingId: id, sizeBytes }) => [kind, atMs - startMs, id, sizeBytes]),
  ).toEqual([
    ['call.started', 0, null, null],
    ['recording.started', 1_000, recordingId, null],
    ['call.ended', 60_000, null, null],
    ['recording.available', 70_000, recordingId, null],
    ['recording.stored', 71_100, recordingId, 4_321],
  ]);
  for (const entry of told) timelineEntry.strict().parse(entry);
});

test('an entry carries the code that explains it', () => {
  const codes = (event: DomainEvent) => toTimeline([stored(event, startMs)], []).map(({ code }) => code);
  const head = { providerId: 'twilio', sequence: 0, keys: [], eventKey: 'e', occurredAtMs: startMs };
  const own = { providerRecordingId: 'RE1', generation: 0, attempt: 1 };
  expect(
    codes({ ...head, kind: 'recording.failed', data: { ...own, code: 'not_audio', providerCode: '1' } }),
  ).toEqual(['not_audio']);
  expect(
    codes({ ...head, kind: 'recording.fetch_postponed', data: { ...own, code: 'timed_out', nextAtMs: 1 } }),
  ).toEqual(['timed_out']);
  expect(
    codes(
      recordingEvent('CA1', 'recording.absent', startMs, {
        providerRecordingId: 'RE1',
        reason: 'too_short',
        providerCode: '16101',
      }),
    ),
  ).toEqual(['too_short']);
  expect(codes(callEvent('CA1', 'call.ended', startMs, { status: 'busy', providerCode: '486' }))).toEqual([
    'busy',
  ]);
  expect(
    codes(callEvent('CA1', 'call.ended', startMs, { status: 'completed', providerCode: '200' })),
  ).toEqual(['completed']);
  expect(codes(callEvent('CA1', 'call.started', startMs, { status: 'ringing' }))).toEqual(['ringing']);
  expect(
    codes({ ...head, kind: 'recording.deleted', data: { providerRecordingId: 'RE1', reason: 'rule' } }),
  ).toEqual(['rule']);
});

test('any order of arrival tells the same story', () => {
  const events = Array.from({ length: 8 }, (_, i) =>
    stored(callEvent(`CA${i}`, 'call.started', startMs + (i % 3), {}), startMs + i),
  );
  const told = toTimeline(events, []);
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: 8 }), (shuffled) => {
      expect(toTimeline(shuffled, [])).toEqual(told);
    }),
  );
});
