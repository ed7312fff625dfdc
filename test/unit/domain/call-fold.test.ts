import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCall } from '../../../src/main/domain/call.ts';
import type { CallFacts, DomainEvent } from '../../../src/main/domain/provider-event.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import { callEvent, recordingEvent, startMs, storedEvent } from '../store/samples.ts';

const fold = (events: readonly DomainEvent[]) => foldCall('call_x', events, recordingIdOf);
const call = (events: readonly DomainEvent[]) => fold(events).call;
const recording = (events: readonly DomainEvent[]) => fold(events).recordings[0];

const tryEvent = (
  kind: 'recording.fetch_started' | 'recording.retried',
  generation: number,
  attempt: number,
  atMs = startMs,
): DomainEvent => ({
  kind,
  eventKey: `${kind}:${generation}:${attempt}`,
  providerId: 'twilio',
  occurredAtMs: atMs,
  sequence: 0,
  keys: [],
  data: { providerRecordingId: 'RE1', generation, attempt },
});
const failedEvent = (generation: number, attempt: number, atMs = startMs): DomainEvent => ({
  kind: 'recording.failed',
  eventKey: `failed:${generation}:${attempt}`,
  providerId: 'twilio',
  occurredAtMs: atMs,
  sequence: 0,
  keys: [],
  data: { providerRecordingId: 'RE1', generation, attempt, code: 'gave_up' },
});
const postponedEvent = (generation: number, attempt: number, atMs = startMs): DomainEvent => ({
  kind: 'recording.fetch_postponed',
  eventKey: `postponed:${generation}:${attempt}`,
  providerId: 'twilio',
  occurredAtMs: atMs,
  sequence: 0,
  keys: [],
  data: { providerRecordingId: 'RE1', generation, attempt, code: 'timed_out', nextAtMs: atMs },
});

describe('a call', () => {
  it('goes through its stages and keeps what it once knew', () => {
    const events = [
      callEvent('CA1', 'call.started', { status: 'ringing', from: '+1415', direction: 'inbound' }),
      callEvent(
        'CA1',
        'call.answered',
        { status: 'in_progress', answeredAtMs: startMs + 3_000 },
        startMs + 3_000,
      ),
      callEvent('CA1', 'call.ended', { status: 'completed', endedAtMs: startMs + 9_000 }, startMs + 9_000),
    ];
    expect(call(events)).toMatchObject({
      status: 'completed',
      from: '+1415',
      direction: 'inbound',
      startedAtMs: startMs,
      answeredAtMs: startMs + 3_000,
      endedAtMs: startMs + 9_000,
      durationMs: 6_000,
      recordingStatus: 'none_yet',
    });
  });

  it('believes a later stage, whatever the clocks say', () => {
    const ended = callEvent('CA1', 'call.ended', { status: 'completed' }, startMs - 60_000);
    const ringing = callEvent('CA1', 'call.started', { status: 'ringing' }, startMs);
    expect(call([ended, ringing]).status).toBe('completed');
  });

  it('believes the later of two endings', () => {
    const failed = callEvent('CA1', 'call.ended', { status: 'failed' }, startMs);
    const completed = callEvent('CA1', 'call.ended', { status: 'completed' }, startMs + 1);
    expect(call([completed, failed]).status).toBe('completed');
  });

  it('expects no recording of a call that nobody answered', () => {
    for (const status of ['busy', 'no_answer', 'failed', 'canceled'] as const) {
      expect(call([callEvent('CA1', 'call.ended', { status })]).recordingStatus).toBe('not_expected');
    }
  });

  it('is not the leg that it was transferred to', () => {
    const parent = callEvent('CA1', 'call.started', {
      leg: { legId: 'CA1', parentLegId: null },
      status: 'in_progress',
      to: '+1',
    });
    const child = callEvent(['CA2', 'CA1'], 'call.ended', {
      leg: { legId: 'CA2', parentLegId: 'CA1' },
      status: 'busy',
      to: '+2',
    });
    expect(call([parent, child])).toMatchObject({ status: 'in_progress', to: '+1' });
    expect(call([child])).toMatchObject({ status: 'busy', to: '+2' });
  });

  it('began when the earliest word of the provider says, not when we did something about it', () => {
    const available = recordingEvent('CA1', 'RE1', 'recording.available', { startedAtMs: startMs - 500 });
    const wrongClock = storedEvent('RE1', startMs - 86_400_000);
    expect(call([available, wrongClock]).startedAtMs).toBe(startMs - 500);
  });

  it('is judged by its most useful recording', () => {
    const events = [
      recordingEvent('CA1', 'RE1', 'recording.absent'),
      recordingEvent('CA1', 'RE2', 'recording.available'),
      recordingEvent('CA1', 'RE3', 'recording.started'),
    ];
    expect(call(events)).toMatchObject({
      recordingStatus: 'available',
      mainRecordingId: recordingIdOf('twilio', 'RE2'),
      recordingCount: 3,
    });
  });

  it('says why its main recording has no audio', () => {
    const absent = recordingEvent('CA1', 'RE1', 'recording.absent', { reason: 'too_short' });
    expect(call([absent]).recordingReason).toBe('too_short');
    const other = recordingEvent('CA1', 'RE2', 'recording.available');
    expect(call([absent, other]).recordingReason).toBeNull();
  });

  it('takes no fact of a call from a match, however early our clock says it was', () => {
    const own = (kind: 'call.matched' | 'call.unmatched', eventKey: string): DomainEvent => {
      const head = { eventKey, providerId: 'tapedeck', occurredAtMs: startMs - 9_000, sequence: 0, keys: [] };
      return kind === 'call.matched'
        ? { ...head, kind, data: { by: 'person' } }
        : { ...head, kind, data: { matchEventKey: 'match:1' } };
    };
    const matched = own('call.matched', 'match:1');
    const audio = recordingEvent('conv', 'RE1', 'recording.available');
    expect(call([audio])).toMatchObject({ unmatched: true, needsAttention: true });
    expect(call([audio, matched])).toEqual({
      ...call([audio]),
      unmatched: false,
      needsAttention: false,
      matchedBy: 'person',
    });
    expect(call([audio, matched, own('call.unmatched', 'unmatch:1')])).toEqual(call([audio]));
  });

  it('cannot be made of nothing', () => {
    expect(() => fold([])).toThrow(TypeError);
  });
});

describe('a recording', () => {
  const available = recordingEvent('CA1', 'RE1', 'recording.available', { durationMs: 5_000 });

  it('is safe once stored, whatever came before or comes after', () => {
    const events = [
      storedEvent('RE1', startMs + 5),
      failedEvent(0, 3, startMs + 6),
      recordingEvent('CA1', 'RE1', 'recording.absent', { reason: 'deleted_at_provider' }, startMs + 9),
    ];
    expect(recording([available, ...events])).toMatchObject({
      status: 'stored',
      durationMs: 4_000,
      storedAtMs: startMs + 5,
      reason: null,
    });
  });

  it('is being fetched from the start of a try to its end', () => {
    expect(recording([available, tryEvent('recording.fetch_started', 0, 1)])?.status).toBe('fetching');
    const postponed = [available, tryEvent('recording.fetch_started', 0, 1), postponedEvent(0, 1)];
    expect(recording(postponed)?.status).toBe('available');
    const again = [...postponed, tryEvent('recording.fetch_started', 0, 2)];
    expect(recording(again)?.status).toBe('fetching');
  });

  it('has failed until somebody asks again', () => {
    const failed = [available, tryEvent('recording.fetch_started', 0, 1), failedEvent(0, 1)];
    expect(recording(failed)).toMatchObject({ status: 'failed', reason: 'gave_up' });
    expect(call(failed).needsAttention).toBe(true);
    const retried = [...failed, tryEvent('recording.retried', 1, 0)];
    expect(recording(retried)?.status).toBe('available');
    expect(recording([...retried, failedEvent(1, 2)])?.status).toBe('failed');
  });

  it('is absent when the provider says so, with its reason', () => {
    const absent = recordingEvent('CA1', 'RE1', 'recording.absent', { reason: 'too_short' }, startMs - 1);
    expect(recording([available, absent])).toMatchObject({ status: 'absent', reason: 'too_short' });
  });
});

describe('order', () => {
  const statuses = ['queued', 'ringing', 'in_progress', 'completed', 'busy', 'unknown'] as const;
  const atMs = fc.integer({ min: 0, max: 2 }).map((step) => startMs + step);
  const facts: fc.Arbitrary<CallFacts> = fc.record(
    {
      status: fc.constantFrom(...statuses),
      from: fc.constantFrom('+1', '+2'),
      reference: fc.constantFrom('a', 'b'),
      answeredAtMs: atMs,
      endedAtMs: atMs,
      talkMs: fc.integer({ min: 0, max: 5 }),
      leg: fc.constantFrom({ legId: 'CA1', parentLegId: null }, { legId: 'CA2', parentLegId: 'CA1' }),
    },
    { requiredKeys: [] },
  );
  const name = fc.constantFrom('RE1', 'RE2');
  const eventBody: fc.Arbitrary<DomainEvent> = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('call.started' as const, 'call.answered' as const, 'call.ended' as const),
        facts,
        atMs,
      )
      .map(([kind, data, at]) => callEvent('CA1', kind, data, at)),
    fc
      .tuple(
        name,
        fc.constantFrom(
          'recording.started' as const,
          'recording.available' as const,
          'recording.absent' as const,
        ),
        fc.record(
          { durationMs: fc.constantFrom(1, 2), reason: fc.constantFrom('x', 'y') },
          { requiredKeys: [] },
        ),
        atMs,
      )
      .map(([recordingName, kind, data, at]) => recordingEvent('CA1', recordingName, kind, data, at)),
    fc.tuple(name, atMs).map(([recordingName, at]) => storedEvent(recordingName, at)),
    fc
      .tuple(
        fc.constantFrom('recording.fetch_started' as const, 'recording.retried' as const),
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 1, max: 2 }),
        atMs,
      )
      .map(([kind, generation, attempt, at]) => tryEvent(kind, generation, attempt, at)),
    fc
      .tuple(fc.boolean(), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 2 }), atMs)
      .map(([postponed, generation, attempt, at]) =>
        postponed ? postponedEvent(generation, attempt, at) : failedEvent(generation, attempt, at),
      ),
  );
  const journal = fc
    .array(fc.tuple(eventBody, fc.integer({ min: 0, max: 1 })), { minLength: 1, maxLength: 9 })
    .map((entries) =>
      // Each its own key, so that equal times and sequences are decided by the key alone.
      entries.map(([event, sequence], index): DomainEvent => ({ ...event, sequence, eventKey: `k${index}` })),
    );

  it('any order with any repeats of the same events gives the same rows', () => {
    fc.assert(
      fc.property(
        journal.chain((events) =>
          fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray(events, { minLength: events.length }),
            fc.array(fc.constantFrom(...events), { maxLength: 4 }),
          ),
        ),
        ([events, shuffled, repeats]) => {
          expect(fold([...repeats, ...shuffled, ...repeats])).toEqual(fold(events));
        },
      ),
      { numRuns: 500 },
    );
  });
});
