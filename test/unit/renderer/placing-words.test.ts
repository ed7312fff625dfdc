import { describe, expect, it } from 'vitest';
import {
  callCandidate,
  callDetail,
  callKind,
  callStatuses,
  dialState,
  type TimelineEntry,
} from '../../../src/preload/contract/calls.ts';
import { errorCodes } from '../../../src/preload/contract/errors.ts';
import { providerNumber, providerState, settingsView } from '../../../src/preload/contract/system.ts';
import {
  becauseWords,
  dialSentence,
  kindWords,
  legWords,
  matchedWords,
  matchingWords,
  numberWords,
  providerWords,
} from '../../../src/renderer/src/placing-words.ts';
import { tellTimeline, timelineWords } from '../../../src/renderer/src/timeline-words.ts';
import { isPaused } from '../../../src/renderer/src/told-words.ts';
import { speakerWords } from '../../../src/renderer/src/views/transcript-lines.ts';
import { isLive, recordingWords, statusWords } from '../../../src/renderer/src/words.ts';
import { makeCall, noonMs } from './calls-for-tests.ts';

const context = { nowMs: noonMs, service: 'Telnyx', fetched: null };
const forbidden = /webhook|payload|\bSID\b|\bSIP\b|\b[3-6]\d\d\b|oops|!/i;

const entry = (kind: string, change: Partial<TimelineEntry> = {}): TimelineEntry => ({
  eventKey: 'k',
  atMs: 0,
  kind,
  providerId: 'telnyx',
  source: 'webhook',
  deliveryId: null,
  recordingId: null,
  code: null,
  sizeBytes: null,
  ...change,
});
const told = (kind: string, change: Partial<TimelineEntry> = {}): string => {
  const words = timelineWords(entry(kind, change), 'Telnyx');
  return words === null ? '' : words.strong + words.rest;
};

describe('words of placing and setting up', () => {
  it('has words for every code of the contract', () => {
    const catalogues: [readonly string[], Record<string, unknown>][] = [
      [callKind.options, kindWords],
      [callStatuses, legWords],
      [callCandidate.shape.because.element.options, becauseWords],
      [callDetail.shape.matches.element.shape.by.options, matchedWords],
      [callDetail.shape.transcript.element.shape.speaker.options, speakerWords],
      [providerNumber.shape.state.options, numberWords],
      [providerState.options, providerWords],
      [settingsView.shape.matching.options, matchingWords],
    ];
    for (const [codes, words] of catalogues) expect(Object.keys(words).sort()).toEqual([...codes].sort());
  });

  it.each(dialState.options)('says how the dialling stands: %s', (state) => {
    for (const kind of callKind.options) {
      const call = makeCall('a', { dialState: state, kind, recordingStatus: 'none_yet' });
      const words = statusWords(call, null, context);
      expect(words.sentence).toMatch(/^[A-Z].*\.$/);
      expect(`${words.label} ${words.title} ${words.sentence}`).not.toMatch(forbidden);
      expect(words.action === 'decide').toBe(state === 'refused' || state === 'unknown');
    }
  });

  it.each([...errorCodes, '486', 'USER_REJECTED', null])('explains a refused dial by %s', (code) => {
    expect(dialSentence(code, 'Telnyx')).toMatch(/^[A-Z].*\.$/);
    expect(dialSentence(code, 'Telnyx')).not.toMatch(forbidden);
    expect(dialSentence(code, 'Telnyx')).not.toContain('recording');
  });

  it('says that no call was found, whatever became of the recording, but not of the recording itself', () => {
    const call = makeCall('a', { unmatched: true });
    expect(statusWords(call, null, context)).toMatchObject({ label: 'No call found', action: 'match' });
    expect(recordingWords(call, null, context).label).toBe('Saved');
    const said = makeCall('a', { unmatched: true, recordingCount: 0, hasTranscript: true });
    expect(statusWords(said, null, context).sentence).toBe('A transcript arrived but no call fits it.');
  });

  it('takes a call that waits to be dialled for no live one', () => {
    expect(isLive(makeCall('a', { status: 'queued', dialState: 'waiting' }))).toBe(false);
    expect(isLive(makeCall('a', { status: 'queued', dialState: 'dialing' }))).toBe(true);
  });

  it('names the reason in a row before the recording is read', () => {
    const call = makeCall('a', { recordingStatus: 'absent', recordingReason: 'no_audio_by_policy' });
    expect(statusWords(call, null, context)).toMatchObject({ label: 'Not kept', quiet: false });
  });
});

describe('what phone services told', () => {
  it('tells what happened in words, and never the code that came along', () => {
    expect(told('call.told', { what: 'participant_left', code: 'USER_REJECTED' })).toBe(
      'Somebody left, told by Telnyx',
    );
    expect(told('call.told', { what: 'recording_not_started', code: 'call_not_live' })).toBe(
      'Recording not started. The call was over already',
    );
    expect(told('call.told', { what: 'recording_paused' })).toBe('Recording paused');
    expect(told('call.dial_refused', { code: 'dial_refused' })).toBe(
      'Not dialled. Telnyx refused to place the call',
    );
    expect(told('call.dial_refused', { code: '486' })).toBe('Not dialled. Telnyx refused it');
  });

  it('tells what this version does not know by its name', () => {
    expect(told('call.told', { what: 'call.machine.detection.ended' })).toBe(
      'Machine detection ended, told by Telnyx',
    );
    expect(told('call.told')).toBe('Something happened, told by Telnyx');
  });

  it('names the phone service that each fact came from', () => {
    const names: Record<string, string> = { telnyx: 'Telnyx', elevenlabs: 'ElevenLabs' };
    const lines = tellTimeline(
      [entry('call.dialed', { providerId: 'elevenlabs' }), entry('recording.available')],
      (providerId) => names[providerId] ?? '',
    );
    expect(lines.map(({ words }) => words.rest)).toEqual([' by ElevenLabs', ', sent by Telnyx']);
  });

  it('takes a recording for paused from the last that was told of it', () => {
    const what = (name: string): TimelineEntry => entry('call.told', { what: name });
    expect(isPaused([])).toBe(false);
    expect(isPaused([what('recording_paused')])).toBe(true);
    expect(isPaused([what('recording_paused'), what('participant_left')])).toBe(true);
    expect(isPaused([what('recording_paused'), what('recording_resumed')])).toBe(false);
    expect(isPaused([what('recording_paused'), entry('recording.started')])).toBe(false);
  });
});
