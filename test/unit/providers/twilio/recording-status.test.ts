import { describe, expect, test } from 'vitest';
import { foldCall } from '../../../../src/main/domain/call.ts';
import { recordingIdOf } from '../../../../src/main/ids.ts';
import {
  accountSid,
  callSid,
  only,
  read,
  receivedAtMs,
  recordingBeganMs,
  recordingSid,
} from './callback-fixtures.ts';

describe('recording callbacks', () => {
  test('tell that a recording is ready, with its ids, length, channels and moment', () => {
    const understanding = read('recording-status.completed');
    expect(understanding.label).toBe('recording completed');
    expect(only(understanding)).toEqual({
      kind: 'recording.available',
      eventKey: understanding.dedupeKey,
      providerId: 'twilio',
      occurredAtMs: recordingBeganMs + 95_000,
      sequence: 5,
      keys: [{ providerId: 'twilio', kind: 'call_sid', value: callSid }],
      data: {
        providerRecordingId: recordingSid,
        providerAccountId: accountSid,
        startedAtMs: recordingBeganMs,
        durationMs: 95_000,
        channels: 2,
      },
    });
    expect(understanding.dedupeKey).toMatch(
      /^recording:0tbbgdk:RE9dd4e461268c8034f5c8564e155c67a6:completed:[\w-]{16}$/,
    );
  });

  test.each([
    ['in-progress', 'recording.started', undefined],
    ['paused', 'recording.started', undefined],
    ['stopped', 'recording.processing', undefined],
    ['processing', 'recording.processing', undefined],
    ['completed', 'recording.available', undefined],
    ['absent', 'recording.absent', 'provider_says_absent'],
    ['deleted', 'recording.absent', 'deleted_at_provider'],
    ['failed', 'recording.absent', 'provider_failed'],
    ['encrypting', 'recording.noted', undefined],
    ['COMPLETED', 'recording.noted', undefined],
  ])('understand the status %s', (status, kind, reason) => {
    const understanding = read('recording-status.completed', { RecordingStatus: status });
    const event = only(understanding);
    expect(understanding.label).toBe(`recording ${status}`);
    expect(event.kind).toBe(kind);
    expect('reason' in event.data ? event.data.reason : undefined).toBe(reason);
  });

  test.each([
    ['16101', 'too_short', '16101'],
    ['16102', 'silent', '16102'],
    ['16199', 'provider_says_absent', '16199'],
    ['0', 'provider_says_absent', undefined],
    [undefined, 'provider_says_absent', undefined],
    ['x', 'provider_says_absent', undefined],
  ])('explain an absent recording with code %s', (code, reason, providerCode) => {
    const { data } = only(read('recording-status.absent', { ErrorCode: code }));
    expect(data).toMatchObject({ reason });
    expect('providerCode' in data ? data.providerCode : undefined).toBe(providerCode);
  });

  test('are as old as the recording began while it runs, and as it ended afterwards', () => {
    expect(only(read('recording-status.in-progress')).occurredAtMs).toBe(recordingBeganMs);
    expect(only(read('recording-status.in-progress', { RecordingDuration: '7' })).occurredAtMs).toBe(
      recordingBeganMs,
    );
    expect(only(read('recording-status.completed', { RecordingDuration: '-1' })).occurredAtMs).toBe(
      recordingBeganMs,
    );
  });

  test('are as old as their arrival only when they name no moment, and then claim none', () => {
    for (const RecordingStartTime of [undefined, '', 'soon', '5']) {
      const event = only(read('recording-status.completed', { RecordingStartTime }));
      expect(event.occurredAtMs).toBe(receivedAtMs);
      expect(event.data).not.toHaveProperty('startedAtMs');
    }
  });

  test('do without what is not needed', () => {
    const event = only(
      read('recording-status.completed', {
        AccountSid: undefined,
        RecordingChannels: undefined,
        RecordingDuration: undefined,
        RecordingUrl: undefined,
        ErrorCode: undefined,
        RecordingSource: undefined,
      }),
    );
    expect(event.data).toEqual({ providerRecordingId: recordingSid, startedAtMs: recordingBeganMs });
  });

  test('never take anything from the URL in the body', () => {
    const plain = JSON.stringify(
      only(read('recording-status.completed', { RecordingUrl: 'https://evil.example/x' })),
    );
    expect(plain).not.toContain('evil');
    expect(plain).not.toContain('http');
  });

  test('without a status are noted: the recording exists', () => {
    const understanding = read('recording-status.completed', { RecordingStatus: undefined });
    expect(understanding.label).toBe('recording status not known');
    expect(only(understanding).kind).toBe('recording.noted');
  });

  test('of two recordings of one call stay two', () => {
    const second = 'RE00000000000000000000000000000002';
    const events = [
      only(read('recording-status.completed')),
      only(read('recording-status.completed', { RecordingSid: second })),
    ];
    const { recordings } = foldCall('call_x', events, recordingIdOf);
    expect(recordings.map(({ providerRecordingId }) => providerRecordingId).sort()).toEqual(
      [second, recordingSid].sort(),
    );
  });
});
