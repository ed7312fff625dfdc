import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorCodes } from '../../../src/preload/contract/errors.ts';
import { pollDetail } from '../../../src/preload/contract/checks.ts';
import { recordingStatuses } from '../../../src/preload/contract/recordings.ts';
import { callStatuses } from '../../../src/preload/contract/calls.ts';
import { foldCall } from '../../../src/main/domain/call.ts';
import { type PollFacts, pollDetailOf } from '../../../src/main/domain/poll-outcome.ts';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import { callEvent, recordingEvent, startMs, storedEvent } from '../store/samples.ts';

const keys = [{ providerId: 'twilio', kind: 'call_sid', value: 'CA1' }];
const ended = callEvent('CA1', 'call.ended', { status: 'completed', endedAtMs: startMs });

function facts(events: readonly DomainEvent[], more: Partial<PollFacts> = {}): PollFacts {
  const { call, recordings } = foldCall('call_x', events, recordingIdOf);
  return {
    call,
    recordings,
    keys,
    runStartedAtMs: startMs + 100,
    copies: () => 'none',
    fetchTrouble: null,
    providerTroubles: [],
    ...more,
  };
}
const outcome = (events: readonly DomainEvent[], more: Partial<PollFacts> = {}) =>
  pollDetailOf(facts(events, more)).detail.status;
const ready = recordingEvent('CA1', 'RE1', 'recording.available');
const trouble = (providerId: string, code: ErrorCode) => ({ providerId, code, providerCode: '20003' });

describe('what a check says of a call', () => {
  const live = callEvent('CA1', 'call.answered', { status: 'in_progress' });
  const stored = [ended, ready, storedEvent('RE1', startMs + 200)];
  const external = { ...ready, kind: 'recording.external' } as DomainEvent;
  const failed: DomainEvent = {
    kind: 'recording.failed',
    eventKey: 'failed',
    providerId: 'twilio',
    occurredAtMs: startMs,
    sequence: 0,
    keys: [],
    data: { providerRecordingId: 'RE1', generation: 0, attempt: 3, code: 'not_audio' },
  };
  it.each<[string, readonly DomainEvent[], Partial<PollFacts>, string]>([
    ['has ended and nothing is there', [ended], {}, 'no_recordings'],
    ['is going on', [live], {}, 'call_in_progress'],
    ['is being recorded', [live, recordingEvent('CA1', 'RE1', 'recording.started')], {}, 'call_in_progress'],
    ['is being prepared', [ended, recordingEvent('CA1', 'RE1', 'recording.processing')], {}, 'processing'],
    ['is waiting to be fetched', [ended, ready], {}, 'processing'],
    ['was stored in this run', stored, {}, 'uploaded'],
    ['was stored before', stored, { runStartedAtMs: startMs + 201 }, 'already_uploaded'],
    ['is not on every storage yet', stored, { copies: () => 'pending' }, 'storage_pending'],
    ['is on every storage', stored, { copies: () => 'verified' }, 'uploaded'],
    ['has none', [ended, recordingEvent('CA1', 'RE1', 'recording.absent')], {}, 'absent'],
    ['is kept elsewhere', [ended, external], {}, 'external_storage'],
    ['was damaged', [ended, ready, failed], {}, 'download_failed'],
    ['could not be fetched', [ended, ready], { fetchTrouble: 'timed_out' }, 'download_failed'],
    ['could not be saved', [ended, ready], { fetchTrouble: 'disk_full' }, 'storage_failed'],
    ['was refused', [ended, ready], { fetchTrouble: 'provider_unauthorized' }, 'twilio_error'],
    [
      'could not be asked for',
      [ended],
      { providerTroubles: [trouble('twilio', 'provider_unauthorized')] },
      'twilio_error',
    ],
    [
      'is of another service than the one in trouble',
      [ended],
      { providerTroubles: [trouble('telnyx', 'provider_unavailable')] },
      'no_recordings',
    ],
  ])('that %s', (_what, events, more, status) => {
    expect(outcome(events, more)).toBe(status);
  });

  it("names it by the seed's words: the outside reference, and the phone service's own id", () => {
    const registered = { ...ended, data: { ...ended.data, reference: 'intake-7' } } as DomainEvent;
    expect(pollDetailOf(facts([registered])).detail).toMatchObject({ chatId: 'intake-7', callSid: 'CA1' });
    expect(pollDetailOf(facts([ended], { keys: [] })).detail).toMatchObject({
      chatId: 'call_x',
      callSid: 'call_x',
    });
    const conversation = { providerId: 'elevenlabs', kind: 'conversation_id', value: 'conv_1' };
    expect(pollDetailOf(facts([ended], { keys: [conversation, ...keys] })).detail.callSid).toBe('CA1');
  });

  it('counts every recording of the call that was stored in this run', () => {
    const second = [recordingEvent('CA1', 'RE2', 'recording.available'), storedEvent('RE2', startMs + 300)];
    expect(pollDetailOf(facts([...stored, ...second])).newlyStored).toBe(2);
    expect(pollDetailOf(facts(stored, { runStartedAtMs: startMs + 201 })).newlyStored).toBe(0);
  });

  it('is a word of the contract, whatever is known', () => {
    const [call, recording] = [facts(stored).call, facts(stored).recordings[0]];
    if (recording === undefined) throw new Error('there is a recording');
    const codes = fc.option(fc.constantFrom(...errorCodes));
    fc.assert(
      fc.property(
        fc.constantFrom(...callStatuses),
        fc.option(fc.constantFrom(...recordingStatuses)),
        codes,
        codes,
        fc.constantFrom('none' as const, 'verified' as const, 'pending' as const),
        (status, recordingStatus, fetchTrouble, code, copies) => {
          const own = recordingStatus === null ? [] : [{ ...recording, status: recordingStatus }];
          const { detail, newlyStored } = pollDetailOf({
            call: { ...call, status, mainRecordingId: own[0]?.recordingId ?? null },
            recordings: own,
            keys,
            runStartedAtMs: startMs,
            copies: () => copies,
            fetchTrouble,
            providerTroubles: code === null ? [] : [trouble('twilio', code)],
          });
          pollDetail.parse(detail);
          expect(newlyStored).toBe(recordingStatus === 'stored' ? 1 : 0);
          // Nothing is said to be saved that is not.
          if (detail.status.endsWith('uploaded')) expect(recordingStatus).toBe('stored');
        },
      ),
    );
  });
});
