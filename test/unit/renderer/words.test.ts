import { describe, expect, it } from 'vitest';
import { callRecordingStatus, callStatuses } from '../../../src/preload/contract/calls.ts';
import { errorCodes } from '../../../src/preload/contract/errors.ts';
import { recordingReasons } from '../../../src/preload/contract/recordings.ts';
import type { EventKind } from '../../../src/main/domain/provider-event.ts';
import { absentWords, isKnownReason, reasonSentence } from '../../../src/renderer/src/reasons.ts';
import { knownKinds, tellTimeline, timelineWords } from '../../../src/renderer/src/timeline-words.ts';
import { statusWords } from '../../../src/renderer/src/words.ts';
import { makeCall, noonMs } from './calls-for-tests.ts';

const context = { nowMs: noonMs, service: 'Twilio', fetched: null };
const forbidden = /webhook|payload|\bSID\b|bucket|oops|!/i;

const everyKind: Record<EventKind, true> = {
  'call.started': true,
  'call.answered': true,
  'call.ended': true,
  'call.noted': true,
  'call.minted': true,
  'call.placed': true,
  'call.dial_started': true,
  'call.dial_postponed': true,
  'call.dialed': true,
  'call.dial_unknown': true,
  'call.dial_retried': true,
  'call.dial_refused': true,
  'call.canceled': true,
  'call.registered': true,
  'call.matched': true,
  'call.unmatched': true,
  'call.told': true,
  'transcript.attached': true,
  'recording.started': true,
  'recording.processing': true,
  'recording.available': true,
  'recording.absent': true,
  'recording.external': true,
  'recording.noted': true,
  'recording.fetch_started': true,
  'recording.fetch_postponed': true,
  'recording.failed': true,
  'recording.retried': true,
  'recording.stored': true,
  'recording.deleted': true,
};

describe('status words', () => {
  it.each(callRecordingStatus.options)(
    'has plain words for %s at every stage of a call',
    (recordingStatus) => {
      for (const status of callStatuses) {
        const words = statusWords(makeCall('a', { recordingStatus, status }), null, context);
        expect(words.label.length).toBeGreaterThan(1);
        expect(words.label.length).toBeLessThan(20);
        expect(words.sentence).toMatch(/^[A-Z].*\.$/);
        expect(`${words.label} ${words.title} ${words.sentence}`).not.toMatch(forbidden);
      }
    },
  );

  it('takes no recording as "not yet" for ten minutes after the end, then as "never"', () => {
    const call = makeCall('a', { recordingStatus: 'none_yet', endedAtMs: noonMs - 599_000 });
    expect(statusWords(call, null, context).label).toBe('Getting ready');
    expect(statusWords(call, null, { ...context, nowMs: noonMs + 2_000 }).label).toBe('Not recorded');
  });

  it('says that a call in progress is not recorded, and that a ringing one rings', () => {
    const live = { recordingStatus: 'none_yet', endedAtMs: null } as const;
    const label = (status: 'in_progress' | 'ringing') =>
      statusWords(makeCall('a', { ...live, status }), null, context).label;
    expect(label('in_progress')).toBe('Not recording');
    expect(label('ringing')).toBe('Ringing');
  });

  it('shows how much was fetched in whole percent, rounded down', () => {
    const call = makeCall('a', { recordingStatus: 'fetching' });
    expect(statusWords(call, null, { ...context, fetched: 0.629 }).label).toBe('Fetching 62%');
    expect(statusWords(call, null, context).label).toBe('Fetching');
  });

  it('is loud for what needs a person and quiet for what is saved', () => {
    const quiet = (recordingStatus: 'stored' | 'failed') =>
      statusWords(makeCall('a', { recordingStatus }), null, context).quiet;
    expect(quiet('stored')).toBe(true);
    expect(quiet('failed')).toBe(false);
  });
});

describe('reasons', () => {
  it.each([...errorCodes, ...recordingReasons])('explains %s in one plain sentence', (code) => {
    expect(isKnownReason(code)).toBe(true);
    expect(reasonSentence(code, { service: 'Twilio' })).toMatch(/^[A-Z].*\.$/);
    expect(reasonSentence(code, { service: 'Twilio' })).not.toMatch(forbidden);
  });

  it('says something true for a code of a later version, and is not fooled by names of objects', () => {
    expect(reasonSentence('from_the_future', { service: 'Twilio' })).toContain('could not be copied');
    expect(isKnownReason('constructor')).toBe(false);
  });

  it('is loud when the phone service deleted the recording', () => {
    expect(absentWords('deleted_at_provider', { service: 'Twilio' })).toMatchObject({
      label: 'Gone',
      quiet: false,
    });
    expect(absentWords('too_short', { service: 'Twilio' })).toMatchObject({ label: 'No audio', quiet: true });
  });
});

describe('timeline words', () => {
  const entry = (kind: string, change = {}) => ({
    eventKey: 'k',
    atMs: 0,
    kind,
    providerId: 'twilio',
    source: 'webhook',
    deliveryId: null,
    recordingId: null,
    code: null,
    sizeBytes: null,
    ...change,
  });

  it('knows every kind of event of the domain', () => {
    expect([...knownKinds].sort()).toEqual(Object.keys(everyKind).sort());
  });

  it('tells where a recording came from and how large it is', () => {
    expect(timelineWords(entry('recording.available'), 'Twilio')).toEqual({
      strong: 'Recording ready',
      rest: ', sent by Twilio',
    });
    expect(timelineWords(entry('recording.stored', { sizeBytes: 3_900_000 }), 'Twilio')?.rest).toContain(
      '3.9 MB',
    );
  });

  it('tells how a call began and ended in words, never in codes', () => {
    const told = (kind: string, code: string | null) => {
      const words = timelineWords(entry(kind, { code }), 'Twilio');
      return words === null ? null : words.strong + words.rest;
    };
    expect(told('call.started', 'queued')).toBe('Call placed');
    expect(told('call.started', 'ringing')).toBe('Phone rang');
    expect(told('call.started', null)).toBe('Call started');
    expect(told('call.ended', 'completed')).toBe('Call ended');
    expect(told('call.ended', 'busy')).toBe('Line was busy');
    expect(told('call.ended', 'no_answer')).toBe('Nobody answered');
    expect(told('call.ended', 'failed')).toBe('Call failed');
    expect(told('call.ended', 'canceled')).toBe('Call canceled');
    expect(told('call.ended', '486')).toBe('Call ended');
  });

  it('takes a file that is not there yet for late, not for lost', () => {
    const late = entry('recording.fetch_postponed', { code: 'provider_not_found' });
    expect(timelineWords(late, 'Twilio')?.rest).toBe('. Twilio does not have the file ready yet');
    const busy = entry('recording.fetch_postponed', { code: 'provider_rate_limited' });
    expect(timelineWords(busy, 'Twilio')?.rest).toBe('. Twilio is busy');
  });

  it('tells repeated tries once, as the last of them, and copying only while it goes on', () => {
    const tries = [1, 2, 3].flatMap((atMs) => [
      entry('recording.fetch_started', { atMs, recordingId: 'rec_a' }),
      entry('recording.fetch_postponed', { atMs, recordingId: 'rec_a', code: 'provider_not_found' }),
    ]);
    const told = (entries: typeof tries) =>
      tellTimeline(entries, () => 'Twilio').map(({ entry: { atMs }, words }) => [
        atMs,
        words.strong + words.rest,
      ]);
    const late = 'Will be tried again. Twilio does not have the file ready yet';
    expect(told(tries)).toEqual([[3, `${late} (tried 3 times)`]]);
    const otherFile = entry('recording.fetch_postponed', {
      atMs: 4,
      recordingId: 'rec_b',
      code: 'timed_out',
    });
    const going = entry('recording.fetch_started', { atMs: 5, recordingId: 'rec_a' });
    expect(told([...tries, otherFile, going])).toEqual([
      [3, `${late} (tried 3 times)`],
      [4, 'Will be tried again. Twilio took too long to answer'],
      [5, 'Copying started'],
    ]);
    const stored = entry('recording.stored', { atMs: 6, recordingId: 'rec_a' });
    expect(told([...tries, going, stored]).map(([atMs]) => atMs)).toEqual([3, 6]);
  });

  it('keeps bookkeeping to itself and tells unknown kinds by their name', () => {
    expect(timelineWords(entry('call.minted'), 'Twilio')).toBeNull();
    expect(timelineWords(entry('call.put_on_hold'), 'Twilio')?.strong).toBe('Call put on hold');
  });
});
